import { Button, Switch } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { FormattedMessage, useIntl } from "react-intl";
import type { DesktopView } from "../../api/generated/DesktopView";
import { usePutDesktop } from "../../api/queries";
import { useBackend } from "../../backend/context";
import { Trouble } from "../../components/Trouble";
import classes from "./SettingsPage.module.css";

type Switched = "autostart" | "close_to_tray" | "notifications";

const ROWS = [
  { name: "autostart", id: "desktop.autostart" },
  { name: "close_to_tray", id: "desktop.close" },
  { name: "notifications", id: "desktop.notifications" },
] as const satisfies { name: Switched; id: string }[];

/** The program's place on this computer: of the computer, not of the books. It holds at once. What this program never does is not asked. */
export function DesktopSection({ title, desktop }: { title: string; desktop: DesktopView }) {
  const intl = useIntl();
  const backend = useBackend();
  const put = usePutDesktop();
  const quit = useMutation({ mutationFn: () => backend.call("desktop_act", { action: "quit" }) });
  return (
    <section id="settings-desktop" aria-labelledby="settings-desktop-title">
      <h2 id="settings-desktop-title" className={classes.sectionTitle}>
        {title}
      </h2>
      {put.error !== null && <Trouble error={put.error} />}
      <div className={classes.card}>
        {ROWS.filter(({ name }) => desktop[name] !== null).map(({ name, id }) => {
          const hopeless = name === "close_to_tray" && !desktop.tray;
          return (
            <div key={name} className={classes.field}>
              <div className={classes.label}>
                <FormattedMessage id={id} />
                {hopeless && (
                  <span className={classes.default}>
                    <FormattedMessage id="desktop.close.no_tray" />
                  </span>
                )}
              </div>
              <div className={classes.control}>
                <Switch
                  aria-label={intl.formatMessage({ id })}
                  checked={desktop[name] === true && !hopeless}
                  disabled={hopeless || put.isPending}
                  onChange={(event) => put.mutate({ [name]: event.currentTarget.checked })}
                />
              </div>
            </div>
          );
        })}
        <div className={classes.field}>
          <div className={classes.label}>
            <FormattedMessage id="desktop.quit.why" />
          </div>
          <div className={classes.control}>
            <Button variant="default" loading={quit.isPending} onClick={() => quit.mutate()}>
              <FormattedMessage id="tray.quit" />
            </Button>
          </div>
        </div>
      </div>
    </section>
  );
}
