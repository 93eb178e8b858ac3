/** All that the page may ask of the program it runs in. One file per host implements it. */
import type { CommandName, Commands } from "../api/commands";
import type { ApiError } from "../api/generated/ApiError";
import type { Event } from "../api/generated/Event";

/** An event, with the pair that it is of; none for what is of no pair. */
export type Told = Event & { pair?: string };

export interface Backend {
  /** Runs a command of the contract for a pair, or for the one that the host shows; rejects with a `Refusal`. */
  call<Name extends CommandName>(
    name: Name,
    request: Commands[Name]["request"],
    pair?: string,
  ): Promise<Commands[Name]["answer"]>;
  /** Hears every event from now on, and `reconnected` when events may have been missed. Returns how to stop. */
  listen(onEvent: (event: Told) => void, onReconnected: () => void): () => void;
  /** Opens an admin page in the user's browser; rejects with a `Refusal` where it cannot. Pages use `useOutside`, which says so. */
  openExternal(url: string): Promise<void>;
  /** Saves a file among the user's downloads. Says where; `null` where the browser has it from there. */
  saveFile(name: string, content: Blob): Promise<string | null>;
}

/** A command failed: a stable code and its parameters, put into words by the page. */
export class Refusal extends Error {
  readonly code: string;
  readonly params: Record<string, string>;

  constructor(error: ApiError) {
    super(error.code);
    this.name = "Refusal";
    this.code = error.code;
    this.params = error.params;
  }

  /** Whatever a host threw, as a refusal: hosts pass the contract's `ApiError`, everything else is a fault of ours. */
  static from(thrown: unknown): Refusal {
    if (thrown instanceof Refusal) return thrown;
    if (isApiError(thrown)) return new Refusal(thrown);
    const detail = thrown instanceof Error ? thrown.message : String(thrown);
    return new Refusal({ code: "internal", params: { detail } });
  }
}

function isApiError(value: unknown): value is ApiError {
  return (
    typeof value === "object" &&
    value !== null &&
    "code" in value &&
    typeof value.code === "string" &&
    "params" in value &&
    typeof value.params === "object"
  );
}
