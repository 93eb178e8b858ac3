/** A list of any length, read piece by piece as it comes into sight. */
import { keepPreviousData, useQueries, useQuery } from "@tanstack/react-query";
import { useCallback, useState } from "react";

const PIECE = 100;

interface Piece<Row> {
  rows: Row[];
  total: number;
}

/** `key` names the list, `read` gives `limit` rows of it from `offset` on, and how many there are in all. */
export function usePieces<Page extends Piece<unknown>>(
  key: readonly unknown[],
  read: (offset: number, limit: number) => Promise<Page>,
) {
  type Row = Page["rows"][number];
  const [sight, setSight] = useState({ first: 0, last: 0 });
  const piece = (index: number) => ({ queryKey: [...key, index], queryFn: () => read(index * PIECE, PIECE) });

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

  const row = (index: number): Row | undefined => {
    const number = Math.floor(index / PIECE);
    const page = number === 0 ? head.data : others[wanted.indexOf(number)]?.data;
    return page?.rows[index % PIECE];
  };

  return { head: head.data, total: head.data?.total, row, onSight, error: head.error, readAgain: () => head.refetch() };
}
