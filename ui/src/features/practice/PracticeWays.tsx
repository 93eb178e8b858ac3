import { Button } from "@mantine/core";
import { IconArrowBackUp, IconPlayerPlay } from "@tabler/icons-react";
import { FormattedMessage, useIntl } from "react-intl";
import { nameOf, usePairs } from "../../app/pairs";
import classes from "./Practice.module.css";

/** Between practice and the real set-up: from a real pair to the practice pair, and back. Nothing where there is only one of them. */
export function PracticeWays({ small = false }: { small?: boolean }) {
  const intl = useIntl();
  const { view, shown, show, going } = usePairs();
  if (view === undefined || shown === undefined) return null;
  const to = view.pairs.find(({ practice }) => practice !== shown.practice);
  if (to === undefined) return null;
  const name = nameOf(to) || intl.formatMessage({ id: "pairs.new" });
  const words = shown.practice
    ? intl.formatMessage({ id: "practice.back" }, { name })
    : intl.formatMessage({ id: "practice.try" });
  const Icon = shown.practice ? IconArrowBackUp : IconPlayerPlay;
  return (
    <div className={classes.ways}>
      <Button
        variant="default"
        size="sm"
        leftSection={small ? undefined : <Icon size={16} aria-hidden="true" />}
        aria-label={words}
        title={small ? words : undefined}
        loading={going === to.id}
        onClick={() => show(to.id)}
      >
        {small ? <Icon size={16} aria-hidden="true" /> : <span className={classes.wayWords}>{words}</span>}
      </Button>
      {!small && !shown.practice && (
        <p className={classes.more}>
          <FormattedMessage id="practice.try.more" />
        </p>
      )}
    </div>
  );
}
