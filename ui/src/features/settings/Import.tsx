import { Button, Skeleton } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import type { RefObject } from "react";
import { FormattedMessage, useIntl } from "react-intl";
import type { ImportOrders } from "../../api/generated/ImportOrders";
import type { ImportPreview } from "../../api/generated/ImportPreview";
import { useRereadSettings } from "../../api/queries";
import { useBackend } from "../../backend/context";
import { Dialog } from "../../components/Dialog";
import { DialogFoot } from "../../components/DialogFoot";
import { Notice } from "../../components/Notice";
import { Trouble } from "../../components/Trouble";
import { useWords } from "../../i18n/useWords";
import { Rehearsed } from "../mapping/Preview";
import { ChangedPlaces } from "./ChangedPlaces";
import classes from "./SettingsPage.module.css";

const PLACES = 50;

interface ImportProps {
  /** What it would take the place of. */
  revision: number;
  file: { name: string; text: string };
  back: RefObject<HTMLElement | null>;
  onTaken: () => void;
  onClose: () => void;
}

/** What a file would change, and what that would do to the orders that are stored; then it is taken over, or not. */
export function Import({ revision, file, back, onTaken, onClose }: ImportProps) {
  const backend = useBackend();
  const reread = useRereadSettings();
  const request = { revision, text: file.text };
  const seen = useQuery({
    queryKey: ["import_preview", revision, file.text],
    queryFn: () => backend.call("import_preview", request),
    // What it would do is seen anew each time it is asked.
    gcTime: 0,
  });
  const take = useMutation({
    mutationFn: () => backend.call("import_settings", request),
    onSuccess: async () => {
      onTaken();
      await reread();
    },
  });
  return (
    <Dialog back={back} onClose={onClose} size={720} title={<FormattedMessage id="settings.import" />}>
      <div className={classes.dialog}>
        <p className={classes.sure}>
          <FormattedMessage id="settings.import.sure" values={{ name: file.name }} />
        </p>
        {seen.isPending && <Skeleton height={80} radius="sm" />}
        {seen.data !== undefined && <Changes preview={seen.data} />}
        {(take.error ?? seen.error) !== null && <Trouble error={take.error ?? seen.error} />}
        <DialogFoot>
          <Button variant="default" onClick={onClose}>
            <FormattedMessage id="settings.cancel" />
          </Button>
          <Button disabled={!seen.data?.count} loading={take.isPending} onClick={() => take.mutate()}>
            <FormattedMessage id="settings.import.do" />
          </Button>
        </DialogFoot>
      </div>
    </Dialog>
  );
}

function Changes({ preview: { changes, count, orders } }: { preview: ImportPreview }) {
  const intl = useIntl();
  const title = intl.formatMessage({ id: "settings.import.changes" }, { count });
  if (count === 0) return <p>{title}</p>;
  return (
    <>
      <p>{title}</p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a list that scrolls must be reachable by keyboard */}
      <section className={classes.scroll} tabIndex={0} aria-label={title}>
        <ChangedPlaces changes={changes} count={count} first={PLACES} />
      </section>
      <Orders orders={orders} />
    </>
  );
}

function Orders({ orders }: { orders: ImportOrders }) {
  const words = useWords();
  if (orders.kind === "seen") return <Rehearsed preview={orders.of} />;
  return (
    <Notice tone="waiting">
      <FormattedMessage id="settings.import.unseen" /> {words.reason(orders.of)}
    </Notice>
  );
}
