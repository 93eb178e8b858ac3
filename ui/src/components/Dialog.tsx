/** What opens over a page. It is there only while it is open, so the focus is given back here: the component library does it only for one that is told that it is closed. */
import { Drawer, type DrawerProps, Modal, type ModalProps } from "@mantine/core";
import { type RefObject, useLayoutEffect } from "react";
import { useIntl } from "react-intl";

/** What had the focus before has it again afterwards; `back` does, where what was pressed goes away itself, as a menu's item does. */
function useFocusBack(back: RefObject<HTMLElement | null> | undefined) {
  useLayoutEffect(() => {
    const before = document.activeElement;
    return () => {
      const to = back?.current ?? before;
      // Where it is gone, as the button of what was erased is, one goes on within the page.
      const place = to?.isConnected ? to : document.getElementById("main");
      if (place instanceof HTMLElement) place.focus({ preventScroll: true });
    };
  }, [back]);
}

interface Own {
  back?: RefObject<HTMLElement | null>;
}

/** In the middle of the window. */
export function Dialog({ back, ...props }: Omit<ModalProps, "opened"> & Own) {
  const intl = useIntl();
  useFocusBack(back);
  return <Modal opened closeButtonProps={{ "aria-label": intl.formatMessage({ id: "close" }) }} {...props} />;
}

/** At the right edge of the window. */
export function SideDialog({ back, ...props }: Omit<DrawerProps, "opened"> & Own) {
  const intl = useIntl();
  useFocusBack(back);
  return (
    <Drawer
      opened
      position="right"
      closeButtonProps={{ "aria-label": intl.formatMessage({ id: "close" }) }}
      transitionProps={{ duration: 120 }}
      {...props}
    />
  );
}
