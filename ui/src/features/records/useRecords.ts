/** A list of any length, read from the database piece by piece as it comes into sight. */
import { keepPreviousData, useQueries, useQuery } from "@tanstack/react-query";
import { useCallback, useState } from "react";
import type { RecordLine } from "../../api/generated/RecordLine";
import type { State } from "../../api/generated/State";
import { keys } from "../../api/queries";
import { useBackend } from "../../backend/context";

const PIECE = 100;

interface Wanted {
  kind: string;
  state: State | null;
  search: string;
}

export function useRecords({ kind, state, search }: Wanted) {
  const backend = useBackend();
  const [sight, setSight] = useState({ first: 0, last: 0 });

  const piece = (index: number) => ({
    queryKey: [...keys.records, kind, state, search, index],
    queryFn: () =>
      backend.call("records", {
        kind,
        state,
        search: search === "" ? null : search,
        offset: index * PIECE,
        limit: PIECE,
      }),
  });

  // The first piece tells how many there are; it stays in use while others are read.
  const head = useQuery({ ...piece(0), placeholderData: keepPreviousData });
  const from = Math.max(1, Math.floor(sight.first / PIECE));
  const to = Math.floor(sight.last / PIECE);
  const wanted = Array.from({ length: Math.max(0, to - from + 1) }, (_, step) => from + step);
  const others = useQueries({ queries: wanted.map((index) => piece(index)) });

  const onSight = useCallback((first: number, last: number) => {
    setSight((now) => {
      const same =
        Math.floor(now.first / PIECE) === Math.floor(first / PIECE) &&
        Math.floor(now.last / PIECE) === Math.floor(last / PIECE);
      return same ? now : { first, last };
    });
  }, []);

  const row = (index: number): RecordLine | undefined => {
    const number = Math.floor(index / PIECE);
    const page = number === 0 ? head.data : others[wanted.indexOf(number)]?.data;
    return page?.rows[index % PIECE];
  };

  return { total: head.data?.total, row, onSight, error: head.error, readAgain: () => head.refetch() };
}
