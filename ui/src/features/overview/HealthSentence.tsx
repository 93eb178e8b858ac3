import { FormattedMessage, useIntl } from "react-intl";
import type { Proven } from "../../api/generated/Proven";
import { type OverviewAtRest, useToday } from "../../api/queries";
import { type Tone, toneOf } from "../../app/health";
import { href, Link } from "../../app/router";
import { StateIcon } from "../../components/StateMark";
import { dayOf, formatCount, formatMoment } from "../../i18n/format";
import { useWords } from "../../i18n/useWords";
import { placeToConnect } from "../setup/again";
import classes from "./HealthSentence.module.css";

/** The one sentence that tells if all is well. Green only where nothing that was read is left unsent; below it, what that rests on. */
export function HealthSentence({ overview }: { overview: OverviewAtRest }) {
  const intl = useIntl();
  const words = useWords();
  const { health } = overview;
  const { locale, timeZone = "UTC" } = intl;
  const today = useToday(timeZone);
  const tone = toneOf(health, overview.running);

  switch (health.kind) {
    case "nothing_yet":
      return (
        <Sentence
          tone={tone}
          more={<FormattedMessage id={overview.running ? "health.running" : "health.nothing_yet.more"} />}
        >
          <FormattedMessage id="health.nothing_yet" />
        </Sentence>
      );
    case "all_well": {
      const style = dayOf(health.up_to, timeZone) === today ? "time" : "day-time";
      const upTo = formatMoment(locale, timeZone, health.up_to, style);
      const { booked, waiting } = health;
      const values = { count: booked, shown: formatCount(locale, booked), upTo };
      return (
        <Sentence
          tone={tone}
          more={
            <>
              {health.others > 0 && (
                <>
                  <FormattedMessage
                    id="health.all_well.others"
                    values={{ count: health.others, shown: formatCount(locale, health.others) }}
                  />{" "}
                </>
              )}
              <ProofLine proven={health.proven} />
            </>
          }
        >
          {waiting === 0 ? (
            <FormattedMessage id="health.all_well" values={values} />
          ) : (
            <FormattedMessage
              id="health.all_well.waiting"
              values={{ ...values, waiting, waitingShown: formatCount(locale, waiting) }}
            />
          )}
        </Sentence>
      );
    }
    case "unsent": {
      const count = health.orders > 0 ? health.orders : health.records;
      return (
        <Sentence
          tone={tone}
          more={<FormattedMessage id={overview.running ? "health.running" : "health.unsent.more"} />}
        >
          <FormattedMessage
            id={health.orders > 0 ? "health.unsent.orders" : "health.unsent.records"}
            values={{ count, shown: formatCount(locale, count) }}
          />
        </Sentence>
      );
    }
    case "needs_you":
      return (
        <Sentence
          tone={tone}
          more={
            health.unsent === 0 ? (
              <FormattedMessage id="health.needs_you.more" />
            ) : (
              <FormattedMessage
                id="health.needs_you.unsent"
                values={{ count: health.unsent, shown: formatCount(locale, health.unsent) }}
              />
            )
          }
        >
          <FormattedMessage
            id="health.needs_you"
            values={{ count: health.held, shown: formatCount(locale, health.held) }}
          />
        </Sentence>
      );
    case "delayed":
      return (
        <Sentence tone={tone} more={<FormattedMessage id="health.delayed.more" />}>
          <FormattedMessage
            id="health.delayed"
            values={{
              count: health.records,
              shown: formatCount(locale, health.records),
              since: formatMoment(locale, timeZone, health.since, "day-time"),
            }}
          />
        </Sentence>
      );
    case "differs":
      return (
        <Sentence
          tone={tone}
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
        <Sentence tone={tone} more={words.remedy(health.reason)}>
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
          tone={tone}
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

/** Whether both sides were compared as a whole, and when: nobody may take "booked" for "proven". */
function ProofLine({ proven }: { proven: Proven }) {
  const intl = useIntl();
  const words = useWords();
  const at = (moment: string) => formatMoment(intl.locale, intl.timeZone ?? "UTC", moment, "day-time");
  const offer = (id: "proof.run" | "proof.again") => (
    <Link to={href("proof")}>
      <FormattedMessage id={id} />
    </Link>
  );
  switch (proven.kind) {
    case "never":
      return (
        <>
          <FormattedMessage id="proven.never" /> {offer("proof.run")}
        </>
      );
    case "agrees":
      return <FormattedMessage id="proven.agrees" values={{ at: at(proven.at) }} />;
    case "old":
      if (proven.at === null)
        return (
          <>
            <FormattedMessage id="proven.late" /> {offer("proof.run")}
          </>
        );
      return (
        <>
          <FormattedMessage id="proven.old" values={{ at: at(proven.at) }} /> {offer("proof.again")}
        </>
      );
    case "part":
      return (
        <>
          <FormattedMessage id="proven.part" values={{ at: at(proven.at) }} /> {offer("proof.again")}
        </>
      );
    case "failed":
      return (
        <>
          <FormattedMessage id="proven.failed" values={{ reason: words.reason(proven.reason) }} />{" "}
          {offer("proof.again")}
        </>
      );
  }
}

function Sentence({ tone, more, children }: { tone: Tone; more: React.ReactNode; children: React.ReactNode }) {
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
