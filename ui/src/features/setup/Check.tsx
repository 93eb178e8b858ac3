import { Button } from "@mantine/core";
import { IconRefresh } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { FormattedMessage, useIntl } from "react-intl";
import type { SetupView } from "../../api/generated/SetupView";
import { keys } from "../../api/queries";
import { useBackend } from "../../backend/context";
import { Trouble } from "../../components/Trouble";
import { Found } from "./Found";
import classes from "./Setup.module.css";
import { Outcome, Testing } from "./Testing";
import { newsOf } from "./tested";

interface CheckProps {
  view: SetupView;
  label: ReactNode;
  disabled?: boolean;
  /** What must be kept for the test to be about it. */
  before?: () => Promise<void>;
}

/** Both sides tried again by what is kept, and what they allow against what the chosen flows need. */
export function Check({ view, label, disabled = false, before }: CheckProps) {
  const intl = useIntl();
  const backend = useBackend();
  const client = useQueryClient();
  const check = useMutation({
    mutationFn: async () => {
      await before?.();
      return backend.call("setup_check", { shop: true, company: true });
    },
    onSuccess: (after) => client.setQueryData(keys.setup, after),
  });
  const shop = view.shop.found;
  const company = view.company.found;
  return (
    <div className={classes.check}>
      <Button
        variant="default"
        leftSection={<IconRefresh size={16} aria-hidden="true" />}
        disabled={disabled}
        loading={check.isPending}
        onClick={() => check.mutate()}
      >
        {label}
      </Button>
      <Outcome news={newsOf({ pending: check.isPending, error: check.error }, check.data ?? null)}>
        {check.isPending && <Testing what={intl.formatList(["Shopify", "Visma.net"], { type: "conjunction" })} />}
        {check.error !== null && <Trouble error={check.error} />}
        {check.isSuccess && shop !== null && (
          <Found name={shop.name} permissions={shop.permissions} remedy={<FormattedMessage id="setup.shop.remedy" />} />
        )}
        {check.isSuccess && company !== null && (
          <Found
            name={company.name ?? intl.formatMessage({ id: "setup.company.unnamed" })}
            permissions={company.permissions}
            remedy={<FormattedMessage id="setup.company.remedy" />}
          />
        )}
      </Outcome>
    </div>
  );
}
