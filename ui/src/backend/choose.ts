import { httpBackend, takeToken } from "./http";
import type { Backend } from "./port";
import { tauriBackend } from "./tauri";

/** The host this page runs in: the desktop window when Tauri put its internals there, else the browser host. */
export async function chooseBackend(): Promise<Backend> {
  if ("__TAURI_INTERNALS__" in window) {
    return tauriBackend();
  }
  return httpBackend(takeToken(window.location, window.sessionStorage, window.history));
}
