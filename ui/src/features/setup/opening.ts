/** Where an application is registered. With its slash: the window may open what is below the host, compared by the letter. */
export const PORTAL = "https://oauth.developers.visma.com/";
export const DASHBOARD = "https://dev.shopify.com/dashboard";
