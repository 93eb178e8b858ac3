import type { State } from "../../api/generated/State";
import { usePieces } from "../../api/pieces";
import { keys } from "../../api/queries";
import { useBackend } from "../../backend/context";

interface Wanted {
  kind: string;
  state: State | null;
  search: string;
}

/** The records that are asked for. */
export function useRecords({ kind, state, search }: Wanted) {
  const backend = useBackend();
  return usePieces([...keys.records, kind, state, search], (offset, limit) =>
    backend.call("records", { kind, state, search: search === "" ? null : search, offset, limit }),
  );
}
