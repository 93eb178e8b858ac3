import { Button, Skeleton } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import type { RefObject } from "react";
import { FormattedMessage } from "react-intl";
import { keys, useRereadSettings } from "../../api/queries";
import { useBackend } from "../../backend/context";
import { Dialog } from "../../components/Dialog";
import { Empty } from "../../components/Empty";
import { GoneBack } from "../../components/GoneBack";
import { Trouble } from "../../components/Trouble";
import { When } from "../../components/When";
import { useWords } from "../../i18n/useWords";
import { ChangedPlaces } from "./ChangedPlaces";
import classes from "./SettingsPage.module.css";

const PLACES = 6;

interface HistoryProps {
  revision: number;
  /** What has the focus afterwards. */
  back: RefObject<HTMLElement | null>;
  onClose: () => void;
}

/** Who changed what, and when; any change can be gone back to before. */
export function History({ revision, back: to, onClose }: HistoryProps) {
  const words = useWords();
  const backend = useBackend();
  const reread = useRereadSettings();
  const history = useQuery({ queryKey: keys.history, queryFn: () => backend.call("settings_history", {}) });
  const back = useMutation({
    mutationFn: (before: number) => backend.call("settings_back", { revision, before }),
    onSuccess: () => reread(),
  });
  return (
    <Dialog back={to} onClose={onClose} size={640} title={<FormattedMessage id="settings.history" />}>
      <div className={classes.dialog}>
        <p className="quiet">
          <FormattedMessage id="settings.history.lead" />
        </p>
        {(history.error ?? back.error) !== null && <Trouble error={history.error ?? back.error} />}
        <div role="status">
          {back.data !== undefined && (
            <p>
              <GoneBack back={back.data} />
            </p>
          )}
        </div>
        {history.data === undefined && history.error === null && <Skeleton height={80} radius="sm" />}
        {history.data?.length === 0 && <Empty title={<FormattedMessage id="settings.history.empty" />} />}
        <ol className={classes.history}>
          {history.data?.map((entry) => (
            <li key={entry.revision} className={classes.entry}>
              <div className={classes.entryHead}>
                <span className={classes.entryWhen}>
                  <When at={entry.at} /> {"\u00b7"} {words.find(`settings.who.${slug(entry.who)}`) ?? entry.who}
                  {entry.user !== null && ` \u00b7 ${entry.user}`}
                </span>
                <Button
                  size="compact-sm"
                  variant="subtle"
                  loading={back.isPending && back.variables === entry.revision}
                  onClick={() => back.mutate(entry.revision)}
                >
                  <FormattedMessage id="settings.history.back" />
                </Button>
              </div>
              <ChangedPlaces changes={entry.changes} count={entry.count} first={PLACES} />
            </li>
          ))}
        </ol>
      </div>
    </Dialog>
  );
}

function slug(who: string): string {
  return who.toLowerCase().replaceAll(" ", "-");
}
