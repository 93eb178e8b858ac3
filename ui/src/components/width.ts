import { useMediaQuery } from "@mantine/hooks";

/** How much room the window gives: tables leave columns out by it. */
export type Room = "wide" | "medium" | "narrow";

export function useRoom(): Room {
  const narrow = useMediaQuery("(max-width: 760px)", false, { getInitialValueInEffect: false });
  const medium = useMediaQuery("(max-width: 1080px)", false, { getInitialValueInEffect: false });
  if (narrow) return "narrow";
  return medium ? "medium" : "wide";
}
