import { FormattedMessage, useIntl } from "react-intl";
import type { Overview } from "../../api/generated/Overview";
import { useInfo } from "../../api/queries";
import { Link } from "../../app/router";
import { StateIcon } from "../../components/StateMark";
import { dayOf, formatCount, formatMoment } from "../../i18n/format";
import { useWords } from "../../i18n/useWords";
import { placeToConnect } from "../setup/again";
import classes from "./HealthSentence.module.css";

/** The one sentence that tells if all is well. Green only for what was read back. */
export function HealthSentence({ overview }: { overview: Overview }) {
  const intl = useIntl();
  const words = useWords();
  const { data: info } = useInfo();
  const { health } = overview;
  const { locale, timeZone = "UTC" } = intl;

  switch (health.kind) {
    case "nothing_yet":
      return (
        <Sentence tone="new" more={<FormattedMessage id="health.nothing_yet.more" />}>
          <FormattedMessage id="health.nothing_yet" />
        </Sentence>
      );
    case "all_well": {
      const today = info !== undefined && dayOf(health.up_to, timeZone) === dayOf(info.now, timeZone);
      const upTo = formatMoment(locale, timeZone, health.up_to, today ? "time" : "day-time");
      return (
        <Sentence
          tone="booked"
          more={
            health.proven === null ? (
              <FormattedMessage id="health.all_well.more" />
            ) : (
              <FormattedMessage
                id="health.all_well.proven"
                values={{ at: formatMoment(locale, timeZone, health.proven, "day-time") }}
              />
            )
          }
        >
          <FormattedMessage
            id="health.all_well"
            values={{ count: health.booked, shown: formatCount(locale, health.booked), upTo }}
          />
        </Sentence>
      );
    }
    case "needs_you":
      return (
        <Sentence tone="held" more={<FormattedMessage id="health.needs_you.more" />}>
          <FormattedMessage
            id="health.needs_you"
            values={{ count: health.held, shown: formatCount(locale, health.held) }}
          />
        </Sentence>
      );
    case "differs":
      return (
        <Sentence
          tone="held"
          more={
            <FormattedMessage
              id="health.differs.more"
              values={{ at: formatMoment(locale, timeZone, health.at, "day-time") }}
            />
          }
        >
          <FormattedMessage
            id="health.differs"
            values={{ count: health.differences, shown: formatCount(locale, health.differences) }}
          />
        </Sentence>
      );
    case "flow_stopped":
      return (
        <Sentence tone={health.passing ? "waiting" : "held"} more={words.remedy(health.reason)}>
          <FormattedMessage
            id="health.flow_stopped"
            values={{ flow: words.value("flow", health.flow), reason: words.reason(health.reason) }}
          />
        </Sentence>
      );
    case "stopped": {
      const place = placeToConnect(health.reason);
      return (
        <Sentence
          tone={health.passing ? "waiting" : "held"}
          more={
            <>
              {words.remedy(health.reason)}{" "}
              {place !== undefined && (
                <Link to={place}>
                  <FormattedMessage id="setup.open" />
                </Link>
              )}
            </>
          }
        >
          <FormattedMessage
            id={health.passing ? "health.passing" : "health.stopped"}
            values={{ reason: words.reason(health.reason) }}
          />
        </Sentence>
      );
    }
  }
}

function Sentence({
  tone,
  more,
  children,
}: {
  tone: "new" | "booked" | "held" | "waiting";
  more: React.ReactNode;
  children: React.ReactNode;
}) {
  return (
    <div className={classes.health} data-tone={tone}>
      <StateIcon state={tone} size={28} />
      <div>
        <h2 className={classes.sentence}>{children}</h2>
        <p className={classes.more}>{more}</p>
      </div>
    </div>
  );
}
