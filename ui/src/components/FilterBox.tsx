import { CloseButton, Kbd, TextInput } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import { useIntl } from "react-intl";

interface FilterBoxProps {
  label: string;
  value: string;
  /** Called when typing pauses. */
  onChange: (value: string) => void;
}

const PAUSE_MS = 180;

/** The filter of a page's table; `/` comes here, Escape empties it and then leaves it. */
export function FilterBox({ label, value, onChange }: FilterBoxProps) {
  const intl = useIntl();
  const [typed, setTyped] = useState(value);
  const [known, setKnown] = useState(value);

  // The address changed by itself, by a link or the back button.
  if (known !== value) {
    setKnown(value);
    setTyped(value);
  }

  useEffect(() => {
    if (typed === value) return;
    const timer = setTimeout(() => {
      setKnown(typed);
      onChange(typed);
    }, PAUSE_MS);
    return () => clearTimeout(timer);
  }, [typed, value, onChange]);

  const clear = () => {
    setTyped("");
    setKnown("");
    onChange("");
  };

  return (
    <TextInput
      data-filter=""
      aria-label={label}
      placeholder={label}
      value={typed}
      leftSection={<IconSearch size={16} aria-hidden="true" />}
      rightSection={
        typed === "" ? (
          <Kbd size="xs">/</Kbd>
        ) : (
          <CloseButton size="sm" aria-label={intl.formatMessage({ id: "filter.clear" })} onClick={clear} />
        )
      }
      onChange={(event) => setTyped(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key === "Escape") {
          event.stopPropagation();
          if (typed === "") event.currentTarget.blur();
          else clear();
        }
        if (event.key === "ArrowDown") {
          event.preventDefault();
          document.querySelector<HTMLElement>('[role="grid"]')?.focus();
        }
      }}
      w="100%"
      maw={420}
      miw={200}
      flex={1}
    />
  );
}
