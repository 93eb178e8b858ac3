import { FormattedMessage } from "react-intl";
import { useInfo } from "../../api/queries";
import { href, Link } from "../../app/router";
import classes from "./SettingsPage.module.css";

/** What is connected, and the way to connect it again. */
export function ConnectionsSection({ title }: { title: string }) {
  const { data: info } = useInfo();
  const rows = [
    { name: "Shopify", what: info?.shop_domain, step: "shop" },
    { name: "Visma.net", what: info?.company, step: "company" },
  ];
  return (
    <section id="settings-connections" aria-labelledby="settings-connections-title">
      <h2 id="settings-connections-title" className={classes.sectionTitle}>
        {title}
      </h2>
      <div className={classes.card}>
        {rows.map(({ name, what, step }) => (
          <div key={step} className={classes.field}>
            <div className={classes.label}>
              <span>{name}</span>
              <span className={classes.default}>{what}</span>
            </div>
            <div className={classes.control}>
              <Link to={href("setup", step)}>
                <FormattedMessage id="setup.open" />
                <span className="visually-hidden">: {name}</span>
              </Link>
            </div>
          </div>
        ))}
      </div>
    </section>
  );
}
