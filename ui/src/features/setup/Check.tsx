import { Button } from "@mantine/core";
import { IconRefresh } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useEffect } from "react";
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
  /** What is in the fields, as text: what was found is shown only as long as it is what was tested. */
  of?: string;
  /** What must be kept for the test to be about it. */
  before?: () => Promise<void>;
}

/** Both sides tried again by what is kept, and what they allow against what the chosen flows need. */
export function Check({ view, label, disabled = false, of = "", before }: CheckProps) {
  const intl = useIntl();
  const backend = useBackend();
  const client = useQueryClient();
  const check = useMutation({
    mutationFn: async (_of: string) => {
      await before?.();
      return backend.call("setup_check", { shop: true, company: true });
    },
    onSuccess: (after) => client.setQueryData(keys.setup, after),
  });
  const { isPending, isIdle, reset } = check;
  const outdated = !isPending && !isIdle && check.variables !== of;
  useEffect(() => {
    if (outdated) reset();
  }, [outdated, reset]);
  const error = outdated ? null : check.error;
  const found = check.isSuccess && !outdated;
  const shop = view.shop.found;
  const company = view.company.found;
  return (
    <div className={classes.check}>
      <Button
        variant="default"
        leftSection={<IconRefresh size={16} aria-hidden="true" />}
        disabled={disabled}
        loading={isPending}
        onClick={() => check.mutate(of)}
      >
        {label}
      </Button>
      <Outcome news={newsOf({ pending: isPending, error }, found ? check.data : null)}>
        {isPending && <Testing what={intl.formatList(["Shopify", "Visma.net"], { type: "conjunction" })} />}
        {error !== null && <Trouble error={error} />}
        {found && shop !== null && (
          <Found name={shop.name} permissions={shop.permissions} remedy={<FormattedMessage id="setup.shop.remedy" />} />
        )}
        {found && company !== null && (
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
