/** What was tested, and how it ended: only with that does one go on, and a refusal is never covered by an older success. */
import {
  type MutationState,
  skipToken,
  useMutation,
  useMutationState,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import type { Overview } from "../../api/generated/Overview";
import type { Reason } from "../../api/generated/Reason";
import type { SetupView } from "../../api/generated/SetupView";
import { keys } from "../../api/queries";
import { useBackend } from "../../backend/context";
import { type Side, sideOf } from "./again";

/** What is in the fields, but for the secret: that is never kept. */
export type Input = Readonly<Record<string, string | null>>;

interface Attempt {
  input: Input;
  /** A new secret was typed; else the kept one was tried. */
  typed: boolean;
}

interface TestOf {
  side: Side;
  /** What is in the fields now. */
  input: Input;
  /** What is connected; `null` before anything is. */
  kept: Input | null;
  /** A secret is typed. */
  typed: boolean;
  /** Another form for the same side: what was refused in one says nothing in the other. */
  form?: string;
  run: () => Promise<SetupView>;
  onTested: (after: SetupView) => void;
}

/** The test of a side. How the last one ended is known as long as the window is open, also after one was on another page. */
export function useTest({ side, input, kept, typed, form = "", run, onTested }: TestOf) {
  const client = useQueryClient();
  const mended = useMended(side);
  const mutationKey = ["test", side, form];
  const test = useMutation({
    mutationKey,
    gcTime: Number.POSITIVE_INFINITY,
    mutationFn: (_: Attempt) => run(),
    onSuccess: (after) => {
      onTested(after);
      client.setQueryData(keys.setup, after);
      mended();
      // Whatever was refused for want of it may be asked for again.
      client.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== keys.setup[0] });
    },
  });
  const last = useMutationState({
    filters: { mutationKey },
    select: (mutation) => mutation.state as MutationState<SetupView, Error, Attempt>,
  }).at(-1);
  const changed =
    typed || (kept === null ? Object.values(input).some((text) => text !== null && text !== "") : !same(input, kept));
  // Is what was tested last what is in the fields?
  const about = last?.variables !== undefined && last.variables.typed === typed && same(last.variables.input, input);
  const pending = last?.status === "pending";
  // A refusal stays in sight while one mends what was refused; it is none of what is connected and stands here again.
  const error = !pending && last?.status === "error" && (about || changed) ? last.error : null;
  return {
    start: () => test.mutate({ input, typed }),
    pending,
    error,
    /** What is in the fields is what is connected, and the last test of it was not refused. */
    sound: !changed && !pending && error === null,
  };
}

/** In a word what a test says now: it is asking, was refused, or found something. */
export function newsOf({ pending, error }: { pending: boolean; error: Error | null }, found: unknown): string {
  if (pending) return "pending";
  if (error !== null) return "refused";
  return found === null ? "" : "found";
}

/** Why the last run could not use this side: what was found before that is no news any more. */
export function useRefused(side: Side, view: SetupView): Reason | undefined {
  const backend = useBackend();
  const overview = useQuery({
    queryKey: keys.overview,
    queryFn: view.started ? () => backend.call("overview", {}) : skipToken,
  });
  const mended = useQuery<string>({ queryKey: mendedKey(side), queryFn: skipToken, gcTime: Number.POSITIVE_INFINITY });
  const data = overview.data;
  if (data === undefined || mended.data === lastRun(data)) return undefined;
  const { health } = data;
  if ((health.kind !== "stopped" && health.kind !== "flow_stopped") || health.passing) return undefined;
  return sideOf(health.reason) === side ? health.reason : undefined;
}

/** The form in which a kept sign-in is tried again. */
export const SIGN_IN = "sign_in";

/** Notes that this side works again since the last run: the next run is the first that can say otherwise. */
export function useMended(side: Side): () => void {
  const client = useQueryClient();
  return () => {
    client.setQueryData(mendedKey(side), lastRun(client.getQueryData<Overview>(keys.overview)));
    // What was refused to the sign-in before is none of this one's.
    const cache = client.getMutationCache();
    for (const mutation of cache.findAll({ mutationKey: ["test", side, SIGN_IN], status: "error" }))
      cache.remove(mutation);
  };
}

function mendedKey(side: Side) {
  return ["mended", side] as const;
}

function lastRun(overview: Overview | undefined): string {
  return overview?.last_run?.run ?? "";
}

function same(one: Input, other: Input): boolean {
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...names].every((name) => one[name] === other[name]);
}
