/** Tries held records again and tells, after the run, what became of them. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState } from "react";
import type { HeldGroup } from "../../api/generated/HeldGroup";
import type { RecordLine } from "../../api/generated/RecordLine";
import { keys } from "../../api/queries";
import { useLive } from "../../app/live";
import { useBackend } from "../../backend/context";
import type { Backend } from "../../backend/port";

export interface RetryResult {
  booked: number;
  left: number;
  /** Neither booked nor held any more: waiting or left out, each for its own reason. */
  other: number;
}

interface Try {
  /** What was pressed: `all`, a group's or a record's key. */
  name: string;
  groups: HeldGroup[];
}

const AT_ONCE = 8;

export function useRetry() {
  const backend = useBackend();
  const client = useQueryClient();
  const live = useLive();
  const [tried, setTried] = useState<Try>();
  const [result, setResult] = useState<RetryResult>();
  const waiting = useRef<Try>(undefined);

  const { mutate, error, reset } = useMutation({
    mutationFn: ({ name, groups }: Try) => {
      const records = groups.flatMap((group) => group.records).map(({ kind, id }) => ({ kind, id }));
      return backend.call("retry", { records: name === "all" ? [] : records });
    },
    onError: () => {
      waiting.current = undefined;
      setTried(undefined);
    },
  });

  useEffect(
    () =>
      live.onFinished(async () => {
        const done = waiting.current;
        if (done === undefined) return;
        waiting.current = undefined;
        try {
          setResult(await outcome(backend, done.groups));
        } finally {
          setTried(undefined);
          client.invalidateQueries({ queryKey: keys.held });
        }
      }),
    [live, backend, client],
  );

  const retry = useCallback(
    (name: string, groups: HeldGroup[]) => {
      const wanted: Try = { name, groups };
      // Set before the call: a short run may end before its answer is here.
      waiting.current = wanted;
      setTried(wanted);
      setResult(undefined);
      reset();
      mutate(wanted);
    },
    [mutate, reset],
  );

  return { retry, tried: tried?.name, result, error, forget: () => setResult(undefined) };
}

/** Where the records are now. A large group lists its first records only: the rest of it is counted as left if it still is. */
async function outcome(backend: Backend, groups: HeldGroup[]): Promise<RetryResult> {
  const records = groups.flatMap((group) => group.records);
  const found: RetryResult = { booked: 0, left: 0, other: 0 };
  for (let start = 0; start < records.length; start += AT_ONCE) {
    const states = await Promise.all(records.slice(start, start + AT_ONCE).map((record) => stateOf(backend, record)));
    for (const state of states) {
      if (state === "booked") found.booked += 1;
      else if (state === "held") found.left += 1;
      else found.other += 1;
    }
  }
  const listed = groups.reduce((sum, group) => sum + Math.min(group.count, group.records.length), 0);
  const known = groups.reduce((sum, group) => sum + group.count, 0);
  if (known > listed) {
    const now = await backend.call("held", {});
    const codes = new Set(groups.map((group) => group.reason.code));
    found.left = now.filter((group) => codes.has(group.reason.code)).reduce((sum, group) => sum + group.count, 0);
  }
  return found;
}

async function stateOf(backend: Backend, record: RecordLine) {
  const page = await backend.call("records", {
    kind: record.kind,
    search: record.name,
    state: null,
    offset: 0,
    limit: 50,
  });
  return page.rows.find((row) => row.id === record.id)?.state;
}
