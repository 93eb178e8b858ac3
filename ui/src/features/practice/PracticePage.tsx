import { Button } from "@mantine/core";
import {
  IconArrowsExchange,
  IconCalendarPlus,
  type IconProps,
  IconReceiptRefund,
  IconShoppingCart,
  IconUnlink,
} from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { ComponentType } from "react";
import { FormattedMessage, useIntl } from "react-intl";
import type { Play } from "../../api/generated/Play";
import type { PlayedOrder } from "../../api/generated/PlayedOrder";
import type { PracticePlayed } from "../../api/generated/PracticePlayed";
import { keys } from "../../api/queries";
import { href, Link } from "../../app/router";
import { useBackend } from "../../backend/context";
import { Notice } from "../../components/Notice";
import { Page } from "../../components/Page";
import { SyncControl } from "../../components/SyncControl";
import { Trouble } from "../../components/Trouble";
import { formatCount, formatMoment } from "../../i18n/format";
import classes from "./Practice.module.css";
import { PracticeWays } from "./PracticeWays";

const PLAYS: readonly { play: Play; icon: ComponentType<IconProps> }[] = [
  { play: "sale", icon: IconShoppingCart },
  { play: "refund", icon: IconReceiptRefund },
  { play: "exchange", icon: IconArrowsExchange },
  { play: "day", icon: IconCalendarPlus },
  { play: "crash", icon: IconUnlink },
];

/** Lets things happen in the practice shop, and says where to look at what becomes of them. */
export function PracticePage() {
  const backend = useBackend();
  const client = useQueryClient();
  const playing = useMutation({
    mutationFn: (play: Play) => backend.call("practice_play", { play }),
    // The practice clock may have moved on.
    onSuccess: () => client.invalidateQueries({ queryKey: keys.info }),
  });
  return (
    <Page
      title={<FormattedMessage id="nav.practice" />}
      lead={<FormattedMessage id="practice.lead" />}
      actions={<SyncControl />}
    >
      <div className={classes.content}>
        <Notice tone="waiting">
          <FormattedMessage id="practice.safe" />
        </Notice>
        <ul className={classes.plays}>
          {PLAYS.map(({ play, icon: Icon }) => (
            <li key={play} className={classes.play}>
              <Button
                variant="default"
                leftSection={<Icon size={18} aria-hidden="true" />}
                loading={playing.isPending && playing.variables === play}
                disabled={playing.isPending && playing.variables !== play}
                aria-describedby={`play-${play}`}
                onClick={() => playing.mutate(play)}
              >
                <FormattedMessage id={`practice.play.${play}`} />
              </Button>
              <p className={classes.more} id={`play-${play}`}>
                <FormattedMessage id={`practice.play.${play}.more`} />
              </p>
            </li>
          ))}
        </ul>
        <div role="status" className={classes.told}>
          {playing.data !== undefined && <Played played={playing.data} />}
        </div>
        {playing.error !== null && <Trouble error={playing.error} />}
        <PracticeWays />
      </div>
    </Page>
  );
}

function Played({ played }: { played: PracticePlayed }) {
  const { locale, timeZone = "UTC" } = useIntl();
  const { play, order, orders } = played;
  const values = {
    order: order?.name ?? "",
    what: order?.what ?? "",
    count: orders,
    shown: formatCount(locale, orders),
    at: formatMoment(locale, timeZone, played.now, "day-time"),
  };
  return (
    <Notice tone="proven">
      <p className={classes.happened}>
        <FormattedMessage id={`practice.${play}.done`} values={values} />
      </p>
      <p className={classes.next}>
        <FormattedMessage id={`practice.${play}.next`} />
      </p>
      {order === null ? (
        <Link to={href("activity")}>
          <FormattedMessage id="lastRun.activity" />
        </Link>
      ) : (
        <OrderLink order={order} />
      )}
    </Notice>
  );
}

/** The way to the order's record, once it was read. */
function OrderLink({ order }: { order: PlayedOrder }) {
  const backend = useBackend();
  const { kind, id } = order.record;
  const found = useQuery({
    // Below the records: every sync makes it stale.
    queryKey: [...keys.records, "played", id],
    queryFn: async () => {
      const { rows } = await backend.call("records", { kind, search: order.name, state: null, offset: 0, limit: 50 });
      return rows.some((row) => row.id === id);
    },
  });
  if (found.data !== true) {
    return (
      <p className={classes.more}>
        <FormattedMessage id="practice.notYet" values={{ order: order.name }} />
      </p>
    );
  }
  return (
    <Link to={href("records", kind, id)}>
      <FormattedMessage id="practice.openOrder" values={{ order: order.name }} />
    </Link>
  );
}
