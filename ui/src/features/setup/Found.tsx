import { IconAlertTriangle, IconCircleCheck, IconCircleMinus } from "@tabler/icons-react";
import { type ReactNode, useId } from "react";
import { FormattedMessage, useIntl } from "react-intl";
import type { PermissionLine } from "../../api/generated/PermissionLine";
import { Copy } from "../../components/Copy";
import { Notice } from "../../components/Notice";
import { useWords } from "../../i18n/useWords";
import classes from "./Setup.module.css";

interface FoundProps {
  /** What is connected. */
  name: string;
  permissions: PermissionLine[];
  /** What to do about missing scopes. */
  remedy: ReactNode;
  children?: ReactNode;
}

/** What a test found, in words: connected to what, how many permissions, which are missing, and what to do about them. */
export function Found({ name, permissions, remedy, children }: FoundProps) {
  const intl = useIntl();
  const words = useWords();
  const id = useId();
  const needed = permissions.filter((line) => line.needed);
  const granted = needed.filter((line) => line.ok).length;
  const missing = needed.filter((line) => !line.ok);
  const scopes = [...new Set(missing.filter(isScope).map((line) => line.scope))];
  const what = (line: PermissionLine) => words.find(`setup.permission.${line.name}`) ?? line.scope;
  return (
    <div className={classes.found}>
      <Notice tone={missing.length === 0 ? "proven" : "waiting"}>
        <p className={classes.foundText} role="status">
          <FormattedMessage
            id="setup.connected"
            values={{ name, b: (chunks) => <strong key="name">{chunks}</strong> }}
          />{" "}
          <span className={classes.together}>
            <FormattedMessage id="setup.permissions" values={{ granted, needed: needed.length }} />
          </span>{" "}
          {missing.length > 0 && (
            <FormattedMessage
              id="setup.missing"
              values={{ list: intl.formatList(missing.map(what), { type: "unit" }) }}
            />
          )}
        </p>
        {scopes.length > 0 && (
          <>
            <p className={classes.remedy}>{remedy}</p>
            <div className={classes.copy}>
              <code>{scopes.join(",")}</code>
              <Copy text={scopes.join(",")} what={intl.formatMessage({ id: "setup.scopes" })} />
            </div>
          </>
        )}
        {missing
          .filter((line) => !isScope(line) && line.reason !== null)
          .map((line) => (
            <p key={line.name} className={classes.remedy}>
              {line.reason !== null && `${words.reason(line.reason)} ${words.remedy(line.reason) ?? ""}`}
            </p>
          ))}
      </Notice>
      {children}
      <details className={classes.details}>
        <summary id={id}>
          <FormattedMessage id="setup.permissions.all" values={{ count: permissions.length }} />
        </summary>
        <ul className={classes.permissions} aria-labelledby={id}>
          {permissions.map((line) => (
            <li key={line.name} data-ok={line.ok || undefined} data-needed={line.needed || undefined}>
              {line.ok ? (
                <IconCircleCheck size={16} aria-hidden="true" />
              ) : line.needed ? (
                <IconAlertTriangle size={16} aria-hidden="true" />
              ) : (
                <IconCircleMinus size={16} aria-hidden="true" />
              )}
              <span>
                {what(line)}
                {what(line) !== line.scope && <code className={classes.scope}>{line.scope}</code>}
              </span>
              <span className={classes.verdict}>
                <FormattedMessage
                  id={line.ok ? "setup.granted" : line.needed ? "setup.lacks" : "setup.lacks.unneeded"}
                />
              </span>
            </li>
          ))}
        </ul>
      </details>
    </div>
  );
}

function isScope({ reason }: PermissionLine): boolean {
  return reason === null || reason.code === "erp-scope-missing" || reason.code === "sign-in-scope";
}
