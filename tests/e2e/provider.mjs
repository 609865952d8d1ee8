// A real OpenID provider (npm oidc-provider) on loopback, with a log-in page of one field: whoever
// is named there is logged in.
import { generateKeyPairSync } from "node:crypto";
import { createRequire } from "node:module";
import { join } from "node:path";
import { root } from "./server.mjs";

const require = createRequire(join(root, "web/package.json"));
const clientId = "anlan";
export const clientSecret = "e2e client secret: & +";

function keyOf(kid) {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  return { ...privateKey.export({ format: "jwk" }), kid, use: "sig", alg: "RS256" };
}

const page = (body) => `<!doctype html><title>provider</title><main>${body}</main>`;
const form = (uid) => page(
  `<form method="post" action="/interaction/${uid}"><label>Account <input name="login"></label>` +
  "<button>Sign in</button></form>");

async function bodyOf(request) {
  let text = "";
  for await (const bytes of request) text += bytes;
  return new URLSearchParams(text);
}

function interactions(provider) {
  return async (ctx, next) => {
    if (!ctx.path.startsWith("/interaction/")) return next();
    const { uid, params, prompt, session } = await provider.interactionDetails(ctx.req, ctx.res);
    if (prompt.name === "login" && ctx.method === "GET") {
      ctx.type = "html";
      ctx.body = form(uid);
      return undefined;
    }
    const accountId = prompt.name === "login"
      ? (await bodyOf(ctx.req)).get("login") : session.accountId;
    const grant = new provider.Grant({ accountId, clientId: params.client_id });
    grant.addOIDCScope(params.scope);
    ctx.respond = false;
    return provider.interactionFinished(ctx.req, ctx.res, {
      login: { accountId }, consent: { grantId: await grant.save() },
    });
  };
}

export async function startProvider({ port, home }) {
  const { default: Provider } = await import(require.resolve("oidc-provider"));
  const issuer = `http://127.0.0.1:${port}`;
  const provider = new Provider(issuer, {
    clients: [{
      client_id: clientId, client_secret: clientSecret,
      redirect_uris: [`${home}/api/login/provider/back`],
      post_logout_redirect_uris: [`${home}/`],
    }],
    claims: { openid: ["sub"], profile: ["preferred_username"] },
    conformIdTokenClaims: false,
    cookies: { keys: ["e2e"] },
    features: {
      devInteractions: { enabled: false },
      rpInitiatedLogout: {
        enabled: true,
        logoutSource: (ctx, source) => {
          ctx.body = page(`${source}<button form="op.logoutForm" name="logout" value="yes">Yes` +
            "</button>");
        },
      },
    },
    findAccount: (_, id) => ({
      accountId: id, claims: () => ({ sub: `subject-${id}`, preferred_username: id }),
    }),
    interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
    jwks: { keys: [keyOf("k1")] },
    pkce: { required: () => true },
  });
  provider.use(interactions(provider));
  const listener = await new Promise((done) => {
    const made = provider.listen(port, "127.0.0.1", () => done(made));
  });
  const stop = () => new Promise((done) => {
    listener.closeAllConnections();
    listener.close(done);
  });
  return { issuer, clientId, stop };
}
