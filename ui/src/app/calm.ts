/** What changes together is told in several events: so long is waited for the others, and it is read again once. */
export const TOGETHER_MS = 50;

/**
 * Runs at once, or after a delay in which more of the same may come, then at most once per pause, and always with the newest value
 * at the end.
 */
export function calm<T>(pause: number, act: (value: T) => void, delay = 0) {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let waiting: { value: T } | undefined;
  const tick = () => {
    timer = undefined;
    if (waiting === undefined) return;
    const { value } = waiting;
    waiting = undefined;
    timer = setTimeout(tick, pause);
    act(value);
  };
  return {
    run(value: T) {
      waiting = { value };
      if (timer !== undefined) return;
      if (delay === 0) tick();
      else timer = setTimeout(tick, delay);
    },
    cancel() {
      clearTimeout(timer);
      timer = undefined;
      waiting = undefined;
    },
  };
}
