/** One program, several pairs: a page that shows one of them asks for it by name and hears of no other. */
import type { Backend, Told } from "./port";

interface Listener {
  onEvent: (event: Told) => void;
  onReconnected: () => void;
}

/** The same program, heard by many over one connection. */
export function shared(host: Backend): Backend {
  const listeners = new Set<Listener>();
  let stop: (() => void) | undefined;
  return {
    call: (name, request, pair) => host.call(name, request, pair),
    listen(onEvent, onReconnected) {
      const listener = { onEvent, onReconnected };
      listeners.add(listener);
      stop ??= host.listen(
        (event) => {
          for (const each of listeners) each.onEvent(event);
        },
        () => {
          for (const each of listeners) each.onReconnected();
        },
      );
      return () => {
        listeners.delete(listener);
        if (listeners.size > 0) return;
        stop?.();
        stop = undefined;
      };
    },
    openExternal: (url) => host.openExternal(url),
    saveFile: (name, content) => host.saveFile(name, content),
  };
}

/** One pair of the program: its commands go to it, whatever the host shows meanwhile, and events of others are not heard. */
export function ofPair(host: Backend, pair: string): Backend {
  return {
    call: (name, request) => host.call(name, request, pair),
    listen: (onEvent, onReconnected) =>
      host.listen((event) => {
        if (event.pair === undefined || event.pair === "" || event.pair === pair) onEvent(event);
      }, onReconnected),
    openExternal: (url) => host.openExternal(url),
    saveFile: (name, content) => host.saveFile(name, content),
  };
}
