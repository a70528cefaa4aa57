// The pages of Ory's reference interface: made by the library it makes them with (@ory/elements-markup), from flows read with
// the client it reads them with (@ory/client). The routes between them are ours.
// Environment: PORT, KRATOS_PUBLIC_URL (for this program), KRATOS_BROWSER_URL (for browsers), HYDRA_ADMIN_URL, ORY_ADMIN_API_TOKEN.
import path from 'node:path';
import { createRequire } from 'node:module';
import { Configuration, FrontendApi, OAuth2Api } from '@ory/client';
import {
  UserAuthCard,
  UserConsentCard,
  UserErrorCard,
  UserLogoutCard,
  UserSettingsScreen,
  RegisterOryElementsExpress,
  defaultLightTheme,
} from '@ory/elements-markup';
import express from 'express';

const { PORT, KRATOS_PUBLIC_URL, KRATOS_BROWSER_URL, HYDRA_ADMIN_URL, ORY_ADMIN_API_TOKEN } = process.env;
const frontend = new FrontendApi(new Configuration({ basePath: KRATOS_PUBLIC_URL }));
const oauth2 = new OAuth2Api(new Configuration({ basePath: HYDRA_ADMIN_URL, accessToken: ORY_ADMIN_API_TOKEN }));
const locale = { locale: 'en' };

const begin = (flow, query = {}) => {
  const known = Object.entries(query).filter(([, value]) => typeof value === 'string' && value !== '');
  return `${KRATOS_BROWSER_URL}/self-service/${flow}/browser?${new URLSearchParams(known)}`;
};

const styles = [
  'assets/normalize.css',
  'assets/inter-font.css',
  'assets/fontawesome.min.css',
  'assets/fa-solid.min.css',
  'assets/fa-brands.min.css',
  'style.css',
  'theme.css',
];

// Scripts and what calls them are taken from the nodes, as the interface has to.
const page = (title, body, nodes = []) => {
  const quoted = (text) => String(text).replaceAll('&', '&amp;').replaceAll('"', '&quot;');
  const scripts = nodes
    .filter((node) => node.type === 'script')
    .map(
      ({ attributes: a }) =>
        `<script src="${quoted(a.src)}" type="${a.type}" integrity="${a.integrity}" crossorigin="${a.crossorigin}"
      referrerpolicy="${a.referrerpolicy}" ${a.async ? 'async' : ''}></script>`,
    );
  const keys = nodes
    .filter(({ group }) => group === 'passkey' || group === 'webauthn')
    .map(
      ({ attributes: a }) =>
        (a.onclick
          ? `document.getElementsByName(${JSON.stringify(a.name)}).forEach(
      (it) => it.addEventListener("click", () => { ${a.onclick} }));`
          : '') + (a.onload ? `${a.onload};` : ''),
    );
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${title}</title>
    <meta name="viewport" content="width=device-width, initial-scale=1">
    ${styles.map((href) => `<link rel="stylesheet" href="/${href}">`).join('')}</head>
    <body><main style="margin:2rem auto;max-width:${title === 'settings' ? 60 : 28}rem">${body}</main>${scripts.join('')}
    <script>window.addEventListener("load", () => { ${keys.join('\n')} })</script></body></html>`;
};

// Somebody who is not signed in signs in; who is not signed in well enough, better; a flow that is over begins again.
const elsewhere = (response, next, again) => (error) => {
  const status = error.response?.status;
  if (status === 401) return response.redirect(begin('login'));
  if (![403, 404, 410].includes(status)) return next(error);
  return response.redirect(error.response.data.redirect_browser_to || again);
};

// What needs a session, at the level the service asks for.
const signedIn = (request, response, next) =>
  frontend
    .toSession({ cookie: request.headers.cookie })
    .then(({ data }) => {
      request.session = data;
      next();
    })
    .catch((error) =>
      response.redirect(
        error.response?.status === 403
          ? begin('login', {
              aal: 'aal2',
              return_to: `${request.protocol}://${request.headers.host}${request.originalUrl}`,
            })
          : begin('login'),
      ),
    );

const logoutUrl = (request) =>
  frontend.createBrowserLogoutFlow({ cookie: request.headers.cookie }).then(
    ({ data }) => data.logout_url,
    () => '',
  );

const app = express();
app.use(express.urlencoded({ extended: false }));
RegisterOryElementsExpress(app, defaultLightTheme, () => ({}));
app.use(express.static(path.dirname(createRequire(import.meta.url).resolve('@ory/elements-markup/style.css'))));

const card = (flowType, read, links) =>
  app.get(`/${flowType}`, (request, response, next) => {
    const { flow: id, ...query } = request.query;
    if (!id) return response.redirect(303, begin(flowType, query));
    return read({ id, cookie: request.headers.cookie })
      .then(async ({ data: flow }) => {
        // An address that must be proven first: the interface opens the verification itself.
        if (flowType === 'login' && flow.ui.messages?.some(({ id }) => id === 4000010))
          return response.redirect(303, begin('verification'));
        const additionalProps = await links(flow, request);
        const body = UserAuthCard({ flow, flowType, additionalProps }, locale);
        return response.send(page(flowType, body, flow.ui.nodes));
      })
      .catch(elsewhere(response, next, begin(flowType, query)));
  });

const challenge = (flow) => ({ return_to: flow.return_to, login_challenge: flow.oauth2_login_request?.challenge });
card(
  'login',
  (asked) => frontend.getLoginFlow(asked),
  async (flow, request) => ({
    forgotPasswordURL: flow.refresh ? '' : begin('recovery'),
    signupURL: begin('registration', challenge(flow)),
    logoutURL: flow.requested_aal === 'aal2' || flow.refresh ? await logoutUrl(request) : '',
    loginURL: begin('login'),
  }),
);
card(
  'registration',
  (asked) => frontend.getRegistrationFlow(asked),
  (flow) => ({ loginURL: begin('login', challenge(flow)) }),
);
card(
  'recovery',
  (asked) => frontend.getRecoveryFlow(asked),
  () => ({ loginURL: begin('login') }),
);
card(
  'verification',
  (asked) => frontend.getVerificationFlow(asked),
  () => ({ signupURL: begin('registration') }),
);

app.get('/settings', (request, response, next) => {
  const { flow: id, ...query } = request.query;
  if (!id) return response.redirect(303, begin('settings', query));
  return frontend
    .getSettingsFlow({ id, cookie: request.headers.cookie })
    .then(async ({ data: flow }) => {
      const out = await logoutUrl(request);
      const screen = UserSettingsScreen(
        { flow, logoutUrl: out },
        { flow, logoutUrl: out, backUrl: '/sessions' },
        locale,
      );
      return response.send(page('settings', `${screen.Nav}${screen.Body}`, flow.ui.nodes));
    })
    .catch(elsewhere(response, next, begin('settings', query)));
});

app.get(['/sessions', '/welcome'], signedIn, async (request, response) => {
  const told = JSON.stringify(request.session, null, 2).replaceAll('<', '&lt;');
  response.send(
    page(
      'sessions',
      `<div><pre>${told}</pre><a data-testid="logout" href="${await logoutUrl(request)}">Log out</a></div>`,
    ),
  );
});

app.get('/error', (request, response, next) =>
  frontend
    .getFlowError({ id: request.query.id })
    .then(({ data: error }) => response.send(page('error', UserErrorCard({ error, backUrl: '/login' }, locale))))
    .catch(next),
);

app.get('/consent', (request, response, next) =>
  oauth2
    .getOAuth2ConsentRequest({ consentChallenge: request.query.consent_challenge })
    .then(({ data: consent }) => {
      const { client, requested_scope } = consent;
      response.send(
        page(
          'consent',
          UserConsentCard({
            consent,
            csrfToken: '',
            client,
            client_name: client.client_name,
            requested_scope,
            action: 'consent',
          }),
        ),
      );
    })
    .catch(next),
);

app.post('/consent', (request, response, next) => {
  const { consent_challenge: consentChallenge, consent_action, grant_scope = [], remember } = request.body;
  const answer =
    consent_action === 'accept'
      ? signedInClaims(request).then((session) =>
          oauth2.acceptOAuth2ConsentRequest({
            consentChallenge,
            acceptOAuth2ConsentRequest: {
              grant_scope: [grant_scope].flat(),
              session,
              remember: Boolean(remember),
              remember_for: 3600,
            },
          }),
        )
      : oauth2.rejectOAuth2ConsentRequest({ consentChallenge, rejectOAuth2Request: { error: 'access_denied' } });
  return answer.then(({ data }) => response.redirect(data.redirect_to)).catch(next);
});

const signedInClaims = (request) =>
  frontend.toSession({ cookie: request.headers.cookie }).then(({ data }) => {
    const [address] = data.identity.verifiable_addresses ?? [];
    return {
      access_token: {},
      id_token: { email: address?.value, email_verified: address?.verified, name: data.identity.traits.name },
    };
  });

app.get('/logout', (request, response, next) => {
  const challenge = request.query.logout_challenge;
  return oauth2
    .getOAuth2LogoutRequest({ logoutChallenge: challenge })
    .then(() => response.send(page('logout', UserLogoutCard({ csrfToken: '', challenge, action: 'logout' }))))
    .catch(next);
});

app.post('/logout', (request, response, next) => {
  const { challenge: logoutChallenge, submit } = request.body;
  const answer =
    submit === 'Yes'
      ? oauth2.acceptOAuth2LogoutRequest({ logoutChallenge }).then(({ data }) => data.redirect_to)
      : oauth2.rejectOAuth2LogoutRequest({ logoutChallenge }).then(() => '/sessions');
  return answer.then((to) => response.redirect(to)).catch(next);
});

app.listen(Number(PORT), '127.0.0.1');
