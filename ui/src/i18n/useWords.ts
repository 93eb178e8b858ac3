import { useMemo } from "react";
import { useIntl } from "react-intl";
import { Words } from "./words";

export function useWords(): Words {
  const intl = useIntl();
  return useMemo(() => new Words(intl), [intl]);
}
