import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { FormattedMessage, useIntl } from "react-intl";
import { useInfo, useNow } from "../../api/queries";
import { usePairs } from "../../app/pairs";
import { href, Link } from "../../app/router";
import { useBackend } from "../../backend/context";
import { Notice } from "../../components/Notice";
import { formatCount, formatMoment } from "../../i18n/format";
import { useWords } from "../../i18n/useWords";
import classes from "./Away.module.css";
import { KINDS } from "./kinds";
import { awaySince, lookedAt, noteLook } from "./looked";

/** What happened since somebody looked last, when that is a while ago. */
export function Away() {
  const { data: info } = useInfo();
  const { shown } = usePairs();
  // Two pairs may have one shop: each is looked at for itself.
  const shop = info === undefined ? undefined : `${shown?.id ?? ""}/${info.shop_domain}`;
  const now = useNow();
  const [since, setSince] = useState<string | undefined>();
  const [known, setKnown] = useState<string | undefined>();
  useEffect(() => {
    if (shop === undefined || now === undefined || known === shop) return;
    setSince(awaySince(lookedAt(shop), now));
    setKnown(shop);
  }, [shop, now, known]);
  const [told, setTold] = useState(false);
  // What could not be told yet is told the next time.
  const looked = since === undefined || told;
  useEffect(() => {
    if (shop !== undefined && now !== undefined && known === shop && looked) noteLook(shop, now);
  }, [shop, now, known, looked]);
  return since === undefined ? null : (
    <Told since={since} onTold={() => setTold(true)} onClose={() => setSince(undefined)} />
  );
}

function Told({ since, onTold, onClose }: { since: string; onTold: () => void; onClose: () => void }) {
  const intl = useIntl();
  const words = useWords();
  const backend = useBackend();
  const { data: rows } = useQuery({ queryKey: ["away", since], queryFn: () => backend.call("away", { since }) });
  const isThere = rows !== undefined;
  useEffect(() => {
    if (isThere) onTold();
  }, [isThere, onTold]);
  if (rows === undefined || rows.length === 0) return null;
  const { locale, timeZone = "UTC" } = intl;
  const link = (flow: string, state: "booked" | "held", count: number) =>
    count > 0 && (
      <Link to={href("records", { kind: KINDS[flow] ?? flow, state })}>
        <FormattedMessage id={`away.${state}`} values={{ count, shown: formatCount(locale, count) }} />
      </Link>
    );
  return (
    <section aria-label={intl.formatMessage({ id: "away.title" })}>
      <Notice
        tone="quiet"
        actions={
          <Button variant="default" onClick={onClose}>
            <FormattedMessage id="away.close" />
          </Button>
        }
      >
        <h2 className={classes.title}>
          <FormattedMessage id="away.title" />
        </h2>
        <p className={classes.since}>
          <FormattedMessage id="away.since" values={{ at: formatMoment(locale, timeZone, since, "day-time") }} />
        </p>
        <ul className={classes.rows}>
          {rows.map(({ flow, booked, held }) => (
            <li key={flow} className={classes.row}>
              <span>{words.value("flow", flow)}</span>
              {link(flow, "booked", booked)}
              {link(flow, "held", held)}
            </li>
          ))}
        </ul>
      </Notice>
    </section>
  );
}
