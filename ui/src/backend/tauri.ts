/** The desktop window: the one command and the one event channel of `src-tauri/src/rpc.rs`. */
import { invoke } from "@tauri-apps/api/core";
import { listen as listenTo } from "@tauri-apps/api/event";
import type { CommandName, Commands } from "../api/commands";
import { type Backend, Refusal, type Told } from "./port";

const EVENT_CHANNEL = "brygga://event";
const PIECE = 8192;

export function tauriBackend(): Backend {
  return {
    async call<Name extends CommandName>(name: Name, payload: Commands[Name]["request"], pair?: string) {
      try {
        return await invoke<Commands[Name]["answer"]>("rpc", { name, payload, pair: pair ?? null });
      } catch (thrown) {
        throw Refusal.from(thrown);
      }
    },
    listen(onEvent) {
      const stop = listenTo<Told>(EVENT_CHANNEL, (message) => onEvent(message.payload));
      return () => {
        stop.then((unlisten) => unlisten()).catch(() => undefined);
      };
    },
    async openExternal(url) {
      try {
        // As browsers write it: the window's capability names hosts with the slash after them.
        await invoke("plugin:opener|open_url", { url: new URL(url).href });
      } catch {
        throw new Refusal({ code: "page-not-opened", params: { url } });
      }
    },
    async saveFile(name, content) {
      return (await this.call("save_file", { name, base64: await base64Of(content) })).path;
    },
  };
}

/** In pieces: a long list of arguments would be too long a call. */
async function base64Of(content: Blob): Promise<string> {
  const bytes = new Uint8Array(await content.arrayBuffer());
  let text = "";
  for (let at = 0; at < bytes.length; at += PIECE) text += String.fromCharCode(...bytes.subarray(at, at + PIECE));
  return btoa(text);
}
