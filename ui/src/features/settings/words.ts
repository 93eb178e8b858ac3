/** Settings in the user's words. */
import { useMemo } from "react";
import { useIntl } from "react-intl";
import type { Choice } from "../../api/generated/Choice";
import type { SettingField } from "../../api/generated/SettingField";
import type { SettingValue } from "../../api/generated/SettingValue";
import { formatCount, formatDay } from "../../i18n/format";
import { useWords } from "../../i18n/useWords";

/** Choices that are asked in the same words at several places. */
function family(path: string): string {
  if (/^registrations\/\w+\/registered$/.test(path)) return "registered";
  if (/^(products|customers)\/owners\//.test(path)) return "owner";
  if (/^schedule\/\w+\/every$/.test(path)) return "schedule.every";
  if (/^refunds\/(full|partial|amount_only|store_credit|not_booked)$/.test(path)) return "refund";
  return path.replaceAll("/", ".");
}

export function useFieldWords() {
  const intl = useIntl();
  const words = useWords();
  return useMemo(() => {
    const name = (path: string) => words.find(`setting.${path.replaceAll("/", ".")}`);
    /** What a choice means, where its name alone does not say it. */
    const more = (path: string) =>
      words.find(
        `setting.${path.startsWith("refunds/accounts/") ? "refunds.accounts" : path.replaceAll("/", ".")}.more`,
      );
    /** The sentence of a fixed word, or the word. */
    const word = (path: string, value: string): string => {
      if (value === "true") return intl.formatMessage({ id: "settings.on" });
      if (value === "false") return intl.formatMessage({ id: "settings.off" });
      return words.find(`choice.${family(path)}.${value}`) ?? value;
    };
    /** What the shop has, as people call it. */
    const called = (path: string, choice: Choice): string => {
      const word =
        path === "leave_out/channels"
          ? words.named("channel", choice.id)
          : words.find(`choice.${family(path)}.${choice.id}`);
      return word ?? (choice.label === "" ? choice.id : choice.label);
    };
    const value = (field: SettingField, given: SettingValue): string => {
      if (given === null || given === "") return intl.formatMessage({ id: "settings.nothing" });
      if (typeof given === "boolean") return intl.formatMessage({ id: given ? "settings.on" : "settings.off" });
      if (typeof given === "number") return formatCount(intl.locale, given);
      const { control } = field;
      const shown = (id: string): string => {
        const known = "of" in control && control.kind !== "choice" && control.of.find((choice) => choice.id === id);
        return known ? called(field.path, known) : id;
      };
      if (typeof given !== "string")
        return given.length === 0 ? intl.formatMessage({ id: "settings.nothing" }) : given.map(shown).join(", ");
      if (control.kind === "named") return shown(given);
      if (control.kind === "date") return formatDay(intl.locale, given);
      if (control.kind === "pick") {
        const known = control.of.find((choice) => choice.id === given);
        return known === undefined || known.label === "" ? given : `${given} ${known.label}`;
      }
      return word(field.path, given);
    };
    /** A place of the settings file: a setting, a table of the mapping, or, unknown, its own name. */
    const place = (path: string): string => {
      const parts = path.split("/");
      for (let length = parts.length; length > 0; length -= 1) {
        const part = parts.slice(0, length);
        const found = name(part.join("/")) ?? words.find(`settings.place.${part.join(".").replaceAll("_", "-")}`);
        if (found !== undefined) return length === parts.length ? found : `${found}: ${parts.slice(length).join("/")}`;
      }
      return path.replaceAll("/", " ").replaceAll("_", " ");
    };
    return { name: (path: string) => name(path) ?? place(path), more, word, called, value, place };
  }, [intl, words]);
}
