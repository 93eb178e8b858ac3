import { useEffect } from "react";
import { useDesktop, usePutDesktop } from "../api/queries";
import { usePreferences } from "./preferences";

/** The tray speaks the page's language: the page tells it which. */
export function DesktopLanguage() {
  const { language } = usePreferences();
  const { data: desktop } = useDesktop();
  const { mutate } = usePutDesktop();
  const spoken = desktop?.language;
  useEffect(() => {
    if (spoken !== undefined && spoken !== language) mutate({ language });
  }, [spoken, language, mutate]);
  return null;
}
