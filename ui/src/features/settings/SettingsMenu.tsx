import { ActionIcon, Menu } from "@mantine/core";
import { IconDots, IconDownload, IconHistory, IconUpload } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { type ReactNode, useRef, useState } from "react";
import { FormattedMessage, useIntl } from "react-intl";
import { useBackend } from "../../backend/context";
import { Dialog } from "../../components/Dialog";
import { textFile } from "../../components/files";
import { Saved } from "../../components/Saved";
import { Trouble } from "../../components/Trouble";
import { History } from "./History";
import { Import } from "./Import";
import classes from "./SettingsPage.module.css";

/** Export, import and history: of the settings and the mapping, which are one file. */
export function SettingsMenu({ revision }: { revision: number | undefined }) {
  const intl = useIntl();
  const backend = useBackend();
  const opener = useRef<HTMLButtonElement>(null);
  const input = useRef<HTMLInputElement>(null);
  const [history, setHistory] = useState(false);
  const [file, setFile] = useState<{ name: string; text: string }>();
  const [told, setTold] = useState<ReactNode>();

  const exporting = useMutation({
    mutationFn: async () => {
      const { name, text } = await backend.call("export_settings", {});
      return backend.saveFile(name, textFile(text, "application/json"));
    },
    onSuccess: (path) => setTold(<Saved path={path} />),
  });

  return (
    <>
      <span role="status" className={classes.told}>
        {told}
      </span>
      <Menu
        position="bottom-end"
        width={230}
        withinPortal
        trapFocus
        withInitialFocusPlaceholder={false}
        onOpen={() => setTold(undefined)}
      >
        <Menu.Target>
          <ActionIcon ref={opener} variant="default" size={36} aria-label={intl.formatMessage({ id: "settings.file" })}>
            <IconDots size={18} aria-hidden="true" />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconHistory size={16} aria-hidden="true" />} onClick={() => setHistory(true)}>
            <FormattedMessage id="settings.history" />
          </Menu.Item>
          <Menu.Item leftSection={<IconDownload size={16} aria-hidden="true" />} onClick={() => exporting.mutate()}>
            <FormattedMessage id="settings.export" />
          </Menu.Item>
          <Menu.Item
            leftSection={<IconUpload size={16} aria-hidden="true" />}
            disabled={revision === undefined}
            onClick={() => input.current?.click()}
          >
            <FormattedMessage id="settings.import" />
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <input
        ref={input}
        type="file"
        accept="application/json,.json"
        hidden
        data-testid="settings-file"
        aria-label={intl.formatMessage({ id: "settings.import" })}
        onChange={async (event) => {
          const chosen = event.currentTarget.files?.[0];
          event.currentTarget.value = "";
          if (chosen !== undefined) setFile({ name: chosen.name, text: await chosen.text() });
        }}
      />
      {exporting.error !== null && (
        <Dialog back={opener} onClose={() => exporting.reset()} withCloseButton={false}>
          <Trouble error={exporting.error} />
        </Dialog>
      )}
      {file !== undefined && revision !== undefined && (
        <Import
          revision={revision}
          file={file}
          back={opener}
          onTaken={() => {
            setFile(undefined);
            setTold(<FormattedMessage id="settings.imported" />);
          }}
          onClose={() => setFile(undefined)}
        />
      )}
      {history && revision !== undefined && (
        <History revision={revision} back={opener} onClose={() => setHistory(false)} />
      )}
    </>
  );
}
