/** The browser host `brygga serve`: commands by POST, events as Server-Sent Events, a token per start. */
import type { CommandName, Commands } from "../api/commands";
import { handToBrowser } from "./handToBrowser";
import { type Backend, Refusal, type Told } from "./port";

const TOKEN_KEY = "brygga-token";

/**
 * The token of this start, from the address's fragment (`#token=...`). It moves into the session's storage and leaves the
 * address, so that it is neither bookmarked nor in the way of the routes.
 */
export function takeToken(location: Location, storage: Storage, history: History): string {
  const found = /(?:^#|&)token=([^&/]+)/.exec(location.hash)?.[1];
  if (found === undefined) return storage.getItem(TOKEN_KEY) ?? "";
  const token = decodeURIComponent(found);
  storage.setItem(TOKEN_KEY, token);
  history.replaceState(null, "", location.pathname + location.search);
  return token;
}

export function httpBackend(token: string): Backend {
  return {
    async call<Name extends CommandName>(name: Name, request: Commands[Name]["request"], pair?: string) {
      let answer: Response;
      try {
        answer = await fetch(`/rpc/${name}`, {
          method: "POST",
          headers: {
            "content-type": "application/json",
            "x-brygga-token": token,
            ...(pair === undefined ? {} : { "x-brygga-pair": pair }),
          },
          body: JSON.stringify(request),
        });
      } catch {
        throw new Refusal({ code: "host-gone", params: {} });
      }
      const text = await answer.text();
      const body = parsed(text);
      if (answer.ok && body !== undefined) return body as Commands[Name]["answer"];
      if (answer.status === 401 || answer.status === 403) throw new Refusal({ code: "host-token", params: {} });
      throw Refusal.from(body ?? new Error(`${answer.status} ${text.slice(0, 200)}`));
    },
    listen(onEvent, onReconnected) {
      const source = new EventSource(`/events?token=${encodeURIComponent(token)}`);
      let wasOpen = false;
      source.onopen = () => {
        if (wasOpen) onReconnected();
        wasOpen = true;
      };
      source.onmessage = (message) => {
        const event = parsed(String(message.data));
        if (event !== undefined) onEvent(event as Told);
      };
      return () => source.close();
    },
    async openExternal(url) {
      window.open(url, "_blank", "noopener,noreferrer");
    },
    async saveFile(name, content) {
      handToBrowser(name, content);
      return null;
    },
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
