import { Skeleton } from "@mantine/core";
import { FormattedMessage } from "react-intl";
import { useMapping } from "../../api/queries";
import { href, replace, useRoute } from "../../app/router";
import { Page } from "../../components/Page";
import { Trouble } from "../../components/Trouble";
import { SettingsMenu } from "../settings/SettingsMenu";
import { MappingTables } from "./MappingTables";
import { SaveBar } from "./SaveBar";

export function MappingPage() {
  const mapping = useMapping();
  const { path, search } = useRoute();
  const tables = mapping.data?.tables;
  const table = tables?.find((known) => known.name === path[1]) ?? tables?.[0];
  return (
    <Page
      fixed
      title={<FormattedMessage id="nav.mapping" />}
      lead={<FormattedMessage id="mapping.lead" />}
      actions={<SettingsMenu revision={mapping.data?.revision} />}
    >
      {mapping.error !== null && <Trouble error={mapping.error} onRetry={() => mapping.refetch()} />}
      {mapping.data === undefined && mapping.error === null && <Skeleton height={200} radius="sm" />}
      {mapping.data !== undefined && table !== undefined && (
        <MappingTables
          tables={mapping.data.tables}
          revision={mapping.data.revision}
          table={table}
          search={search.get("search") ?? ""}
          opened={search.get("row")}
          onTable={(name) => replace(href("mapping", name))}
          onShow={(shown) => replace(href("mapping", table.name, shown))}
          foot={(draft) => <SaveBar draft={draft} />}
        />
      )}
    </Page>
  );
}
