/** The desktop window: the one command and the one event channel of `src-tauri/src/rpc.rs`. */
import { invoke } from "@tauri-apps/api/core";
import { listen as listenTo } from "@tauri-apps/api/event";
import type { CommandName, Commands } from "../api/commands";
import { type Backend, Refusal, type Told } from "./port";

const EVENT_CHANNEL = "brygga://event";

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
      await invoke("plugin:opener|open_url", { url });
    },
  };
}
