/** The remedy of a cause: what there is to choose, what it would do, and keeping it. */
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Cause } from "../../api/generated/Cause";
import type { FixChoice } from "../../api/generated/FixChoice";
import type { Fixed } from "../../api/generated/Fixed";
import type { HeldGroup } from "../../api/generated/HeldGroup";
import type { Remedy } from "../../api/generated/Remedy";
import type { SettingValue } from "../../api/generated/SettingValue";
import { keys, useRereadSettings } from "../../api/queries";
import { useBackend } from "../../backend/context";
import { causeKey } from "./causes";

export function causeOf({ kind, reason }: HeldGroup): Cause {
  return { kind, code: reason.code, params: reason.params };
}

export function useRemedy(group: HeldGroup) {
  const backend = useBackend();
  return useQuery({
    queryKey: [...keys.remedy, causeKey(group)],
    queryFn: () => backend.call("remedy", causeOf(group)),
  });
}

export type Settings = Record<string, SettingValue>;

/** What is chosen before anybody touched it: what is there, else what is suggested. */
export function firstChoice({ choice }: Remedy): FixChoice | undefined {
  switch (choice.kind) {
    case "rows":
      return {
        kind: "rows",
        of: choice.of.rows.map((row) => ({
          table: choice.of.name,
          key: row.key,
          values: Object.keys(row.values).length > 0 ? row.values : (row.suggestion?.values ?? {}),
        })),
      };
    case "settings":
      return {
        kind: "settings",
        of: Object.fromEntries(choice.of.map(({ field, suggested }) => [field.path, suggested ?? field.value])),
      };
    case "approve":
      return { kind: "approve" };
    // Which of two people it is, nobody chooses for the merchant.
    case "customers":
    case "elsewhere":
      return undefined;
  }
}

/** Tries a choice, and keeps it. */
export function useFix(group: HeldGroup, remedy: Remedy, onKept: (fixed: Fixed, book: boolean) => void) {
  const backend = useBackend();
  const reread = useRereadSettings();
  const [choice, setChoice] = useState(() => firstChoice(remedy));
  const request = (chosen: FixChoice) => ({
    revision: remedy.revision,
    looked: remedy.looked,
    cause: causeOf(group),
    choice: chosen,
  });
  const preview = useMutation({ mutationFn: (chosen: FixChoice) => backend.call("fix_preview", request(chosen)) });
  const keep = useMutation({
    mutationFn: ({ chosen }: { chosen: FixChoice; book: boolean }) => backend.call("fix", request(chosen)),
    // Told here, not by the caller: the card may be gone by the time everything is read again.
    onSuccess: (fixed, { book }) => {
      onKept(fixed, book);
      return reread();
    },
  });
  const choose = (chosen: FixChoice) => {
    preview.reset();
    keep.reset();
    setChoice(chosen);
  };
  return { choice, choose, preview, keep };
}
