import { useMemo } from "react";
import { FormattedMessage } from "react-intl";
import type { ChangedPlace } from "../../api/generated/ChangedPlace";
import type { Choice } from "../../api/generated/Choice";
import { useSettings } from "../../api/queries";
import { type ReadPlace, usePlaces } from "./places";
import classes from "./SettingsPage.module.css";

interface ChangedPlacesProps {
  changes: readonly ChangedPlace[];
  /** How many changed in all. */
  count: number;
  /** At most so many of them are shown. */
  first: number;
}

/** The places of the settings that changed, with what they were and what they became. */
export function ChangedPlaces({ changes, count, first }: ChangedPlacesProps) {
  const read = usePlaces(useLocations());
  const shown = changes.slice(0, first);
  return (
    <>
      <ul className={classes.places}>
        {shown.map((place, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the places of one change never move
          <Place key={index} place={read(place)} />
        ))}
      </ul>
      {count > shown.length && (
        <p className="quiet">
          <FormattedMessage id="settings.history.more" values={{ count: count - shown.length }} />
        </p>
      )}
    </>
  );
}

/** The shop's locations: the settings know how they are called. */
function useLocations(): Choice[] | undefined {
  const { data } = useSettings();
  return useMemo(() => {
    const field = data?.sections
      .flatMap((section) => section.fields)
      .find(({ path }) => path === "stock/first_location");
    return field?.control.kind === "named" ? field.control.of : undefined;
  }, [data]);
}

function Place({ place: { name, before, after } }: { place: ReadPlace }) {
  return (
    <li>
      <strong className={classes.placeName}>{name}</strong> {before !== null && <del>{before}</del>}{" "}
      {after !== null && <ins>{after}</ins>}
    </li>
  );
}
