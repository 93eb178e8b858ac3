/** Tries held records again and tells, after the run, what became of all of them. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState } from "react";
import type { Retried } from "../../api/generated/Retried";
import type { Retry } from "../../api/generated/Retry";
import type { Tried } from "../../api/generated/Tried";
import { keys } from "../../api/queries";
import { useLive } from "../../app/live";
import { useBackend } from "../../backend/context";

interface Try {
  /** What was pressed: `all`, a group's or a record's key. */
  name: string;
  retry: Retry;
}

export function useRetry() {
  const backend = useBackend();
  const client = useQueryClient();
  const live = useLive();
  const [tried, setTried] = useState<string>();
  const [result, setResult] = useState<Tried>();
  // What became of them could not be read.
  const [unread, setUnread] = useState<Error | null>(null);
  const waiting = useRef<Promise<Retried>>(undefined);

  const { mutateAsync, error, reset } = useMutation({
    mutationFn: ({ retry }: Try) => backend.call("retry", retry),
    onError: () => {
      waiting.current = undefined;
      setTried(undefined);
    },
  });

  useEffect(
    () =>
      live.onFinished(async () => {
        const answer = waiting.current;
        if (answer === undefined) return;
        waiting.current = undefined;
        try {
          const { attempt } = await answer;
          setResult(await backend.call("tried", { attempt }));
        } catch (error) {
          setUnread(error instanceof Error ? error : new Error(String(error)));
        } finally {
          setTried(undefined);
          client.invalidateQueries({ queryKey: keys.held });
        }
      }),
    [live, backend, client],
  );

  const retry = useCallback(
    (name: string, wanted: Retry) => {
      setTried(name);
      setResult(undefined);
      setUnread(null);
      reset();
      const answer = mutateAsync({ name, retry: wanted });
      // Kept before it is here: a short run may end first. What it is refused for is told by the mutation.
      waiting.current = answer;
      answer.catch(() => undefined);
    },
    [mutateAsync, reset],
  );

  const forget = () => {
    setResult(undefined);
    setUnread(null);
  };
  return { retry, tried, result, error: error ?? unread, forget };
}
