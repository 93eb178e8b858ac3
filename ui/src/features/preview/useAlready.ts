/** Orders that others may have booked: what the last search came to, the orders piece by piece, and choosing. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { AlreadyChoice } from "../../api/generated/AlreadyChoice";
import type { AlreadyForAll } from "../../api/generated/AlreadyForAll";
import type { AlreadyView } from "../../api/generated/AlreadyView";
import { usePieces } from "../../api/pieces";
import { keys } from "../../api/queries";
import { useBackend } from "../../backend/context";

export function useAlreadyView() {
  const backend = useBackend();
  return useQuery({ queryKey: keys.already, queryFn: () => backend.call("already", {}) });
}

export function useAlreadyRows() {
  const backend = useBackend();
  return usePieces([...keys.already, "rows"], (offset, limit) => backend.call("already_rows", { offset, limit }));
}

export function useAlreadyActs() {
  const backend = useBackend();
  const client = useQueryClient();
  const readAgain = () => client.invalidateQueries({ queryKey: keys.already });
  const shown = (view: AlreadyView) => {
    client.setQueryData(keys.already, view);
    readAgain();
    for (const queryKey of [keys.preview, keys.records, keys.held]) client.invalidateQueries({ queryKey });
  };
  return {
    find: useMutation({ mutationFn: () => backend.call("already_find", {}), onSuccess: shown }),
    choose: useMutation({
      mutationFn: (choice: AlreadyChoice) => backend.call("already_choose", choice),
      onSuccess: shown,
      // What is refused stands there otherwise by now.
      onError: readAgain,
    }),
    chooseAll: useMutation({
      mutationFn: (choice: AlreadyForAll) => backend.call("already_choose_all", choice),
      onSuccess: shown,
      onError: readAgain,
    }),
  };
}
