import { MultiSelect, NumberInput, Select, Switch, TagsInput, TextInput } from "@mantine/core";
import { useIntl } from "react-intl";
import type { SettingField } from "../../api/generated/SettingField";
import type { SettingValue } from "../../api/generated/SettingValue";
import { useFieldWords } from "./words";

interface FieldControlProps {
  field: SettingField;
  label: string;
  /** The element that says what the choice means. */
  about?: string | undefined;
  value: SettingValue;
  onChange: (value: SettingValue) => void;
}

const WIDTH = 320;

/** An input of the library knows only the description that it draws itself, and forgets another. */
function describedBy(about: string | undefined) {
  return { input: { "aria-describedby": about } };
}

/** Where one chooses several, the field within takes no description at all: the whole of it is described. */
function grouped(about: string | undefined) {
  return about === undefined ? {} : { role: "group", "aria-describedby": about };
}

/** The control of one choice; its label stands beside it on the page. */
export function FieldControl({ field, label, about, value, onChange }: FieldControlProps) {
  const intl = useIntl();
  const words = useFieldWords();
  const { control, path } = field;
  const text = typeof value === "string" ? value : "";
  switch (control.kind) {
    case "switch":
      return (
        <Switch
          aria-label={label}
          aria-describedby={about}
          checked={value === true}
          onChange={(event) => onChange(event.currentTarget.checked)}
        />
      );
    case "number":
      return (
        <NumberInput
          aria-label={label}
          attributes={describedBy(about)}
          w={140}
          min={control.least}
          max={control.most}
          allowDecimal={false}
          allowNegative={false}
          clampBehavior="blur"
          value={typeof value === "number" ? value : ""}
          onChange={(number) => typeof number === "number" && onChange(number)}
        />
      );
    case "date":
      return (
        <TextInput
          aria-label={label}
          attributes={describedBy(about)}
          type="date"
          w={180}
          value={text}
          onChange={(event) => onChange(event.currentTarget.value === "" ? null : event.currentTarget.value)}
        />
      );
    case "time":
      return (
        <TextInput
          aria-label={label}
          attributes={describedBy(about)}
          type="time"
          w={140}
          value={text}
          onChange={(event) => event.currentTarget.value !== "" && onChange(event.currentTarget.value)}
        />
      );
    case "text":
      return (
        <TextInput
          aria-label={label}
          attributes={describedBy(about)}
          w="100%"
          maw={WIDTH}
          value={text}
          placeholder={intl.formatMessage({ id: "settings.nothing" })}
          onChange={(event) => onChange(event.currentTarget.value === "" ? null : event.currentTarget.value)}
        />
      );
    case "choice":
      return (
        <Select
          aria-label={label}
          attributes={describedBy(about)}
          w="100%"
          maw={WIDTH}
          allowDeselect={false}
          value={text}
          onChange={(chosen) => chosen !== null && onChange(chosen)}
          data={control.of.map((word) => ({ value: word, label: words.word(path, word) }))}
        />
      );
    case "pick":
      return (
        <Pick
          label={label}
          about={about}
          clearable={field.default === null || field.default === ""}
          value={text}
          onChange={onChange}
          of={control.of.map(({ id, label: name }) => ({ value: id, label: name === "" ? id : `${id} ${name}` }))}
        />
      );
    case "named":
      return (
        <Pick
          label={label}
          about={about}
          clearable
          value={text}
          onChange={onChange}
          of={control.of.map((choice) => ({ value: choice.id, label: words.called(path, choice) }))}
        />
      );
    case "several": {
      const chosen = Array.isArray(value) ? value : [];
      const known = new Set(control.of.map((choice) => choice.id));
      return (
        <MultiSelect
          aria-label={label}
          wrapperProps={grouped(about)}
          w="100%"
          maw={WIDTH}
          searchable
          hidePickedOptions
          placeholder={chosen.length > 0 ? "" : intl.formatMessage({ id: "settings.nothing" })}
          nothingFoundMessage={intl.formatMessage({ id: "mapping.none" })}
          value={chosen}
          onChange={onChange}
          data={[
            // What was chosen before and is not there any more can be taken away.
            ...chosen.filter((id) => !known.has(id)),
            ...control.of.map((choice) => ({ value: choice.id, label: words.called(path, choice) })),
          ]}
        />
      );
    }
    case "list":
      return (
        <TagsInput
          aria-label={label}
          wrapperProps={grouped(about)}
          w="100%"
          maw={WIDTH}
          placeholder={Array.isArray(value) && value.length > 0 ? "" : intl.formatMessage({ id: "settings.list.hint" })}
          value={Array.isArray(value) ? value : []}
          onChange={onChange}
        />
      );
  }
}

interface PickProps {
  label: string;
  about?: string | undefined;
  clearable: boolean;
  value: string;
  onChange: (value: string | null) => void;
  of: { value: string; label: string }[];
}

/** One of a list that the other side has. What was chosen before and is not there any more stays chosen. */
function Pick({ label, about, clearable, value, onChange, of }: PickProps) {
  const intl = useIntl();
  const known = of.some((choice) => choice.value === value);
  return (
    <Select
      aria-label={label}
      attributes={describedBy(about)}
      w="100%"
      maw={WIDTH}
      searchable
      clearable={clearable}
      allowDeselect={false}
      placeholder={intl.formatMessage({ id: "settings.nothing" })}
      nothingFoundMessage={intl.formatMessage({ id: "mapping.none" })}
      value={value === "" ? null : value}
      onChange={onChange}
      data={value !== "" && !known ? [{ value, label: value }, ...of] : of}
    />
  );
}
