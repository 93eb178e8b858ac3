import { useRoute } from "../../app/router";
import { RecordsPage } from "./RecordsPage";
import { StoryPage } from "./StoryPage";

/** `#/records` is the list, `#/records/order/123` one record's story. */
export function RecordsRoute() {
  const [, kind, id] = useRoute().path;
  if (kind !== undefined && id !== undefined) return <StoryPage key={`${kind}/${id}`} recordKey={{ kind, id }} />;
  return <RecordsPage />;
}
