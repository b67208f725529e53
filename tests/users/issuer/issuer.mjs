// A real OpenID Connect issuer for the tests: the certified `oidc-provider`, and a way to tell it what to do.
//
// Tokens come out of the authorization code flow with PKCE, as an app server would get them. Below /test/: a token for a user,
// new keys, the lifetime of tokens, and how often the documents were fetched. It ends when its standard input does, so no test leaves one behind.
import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import Provider from 'oidc-provider';

const CLIENT = 'lending-web';
const CALLBACK = 'https://app.example/callback';
const KINDS = {
  RS256: () => generateKeyPairSync('rsa', { modulusLength: 2048 }),
  ES256: () => generateKeyPairSync('ec', { namedCurve: 'P-256' }),
};

const server = createServer((request, response) => answer(request, response).catch((error) => {
  response.writeHead(500).end(String(error.stack));
}));
const counts = { discovery: 0, jwks: 0 };
let keys = []; // published, newest first: the first of an algorithm signs
let generation = 0;
let lifetime = 3600; // of id tokens, in seconds
let issuer;
let provider;

function rotate(alg, keep) {
  generation += 1;
  const fresh = Object.entries(KINDS).map(([name, make]) => ({
    ...make().privateKey.export({ format: 'jwk' }), kid: `${name}-${generation}-${process.pid}`, alg: name, use: 'sig',
  }));
  keys = [...fresh, ...keys.slice(0, keep * fresh.length)];
  provider = new Provider(issuer, {
    jwks: { keys },
    clients: [{
      client_id: CLIENT, redirect_uris: [CALLBACK], response_types: ['code'], grant_types: ['authorization_code'],
      token_endpoint_auth_method: 'none', id_token_signed_response_alg: alg,
    }],
    cookies: { keys: ['only for tests'] },
    enabledJWA: { idTokenSigningAlgValues: ['RS256', 'ES256'] },
    features: { devInteractions: { enabled: false } },
    findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
    interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
    ttl: { IdToken: () => lifetime },
  });
}

// The person at the browser: is whom the app server hints at, and agrees.
async function interact(request, response) {
  const { params } = await provider.interactionDetails(request, response);
  const accountId = params.login_hint;
  const grant = new provider.Grant({ accountId, clientId: params.client_id });
  grant.addOIDCScope('openid');
  const result = { login: { accountId }, consent: { grantId: await grant.save() } };
  await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
}

// The app server and the browser.
async function token(sub) {
  const verifier = randomBytes(32).toString('base64url');
  const challenge = createHash('sha256').update(verifier).digest('base64url');
  let at = `${issuer}/auth?${new URLSearchParams({
    client_id: CLIENT, redirect_uri: CALLBACK, response_type: 'code', scope: 'openid', login_hint: sub,
    code_challenge: challenge, code_challenge_method: 'S256',
  })}`;
  const jar = new Map();
  for (let step = 0; !at.startsWith(CALLBACK); step += 1) {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const page = await fetch(at, { redirect: 'manual', headers: { cookie } });
    for (const line of page.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line);
      jar.set(name, value);
    }
    const next = page.headers.get('location');
    if (!next || step > 9) throw new Error(`the flow stopped at ${at}: ${page.status} ${await page.text()}`);
    at = new URL(next, issuer).href;
  }
  const code = new URL(at).searchParams.get('code');
  if (!code) throw new Error(`no code: ${at}`);
  const body = new URLSearchParams({
    client_id: CLIENT, redirect_uri: CALLBACK, grant_type: 'authorization_code', code, code_verifier: verifier,
  });
  const answered = await (await fetch(`${issuer}/token`, { method: 'POST', body })).json();
  if (!answered.id_token) throw new Error(JSON.stringify(answered));
  return answered.id_token;
}

async function answer(request, response) {
  const url = new URL(request.url, issuer);
  const send = (body) => response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  if (url.pathname === '/.well-known/openid-configuration') counts.discovery += 1;
  if (url.pathname === '/jwks') counts.jwks += 1;
  if (url.pathname.startsWith('/interaction/')) return interact(request, response);
  switch (url.pathname) {
    case '/test/token': return send(await token(url.searchParams.get('sub')));
    case '/test/rotate': return send(rotate(url.searchParams.get('alg'), Number(url.searchParams.get('keep'))) ?? null);
    case '/test/lifetime': return send(lifetime = Number(url.searchParams.get('seconds')));
    case '/test/counts': return send(counts);
    default: return provider.callback()(request, response);
  }
}

server.listen(Number(process.env.PORT ?? 0), '127.0.0.1', () => {
  issuer = `http://127.0.0.1:${server.address().port}`;
  rotate('RS256', 0);
  console.log(issuer);
});
process.stdin.on('end', () => process.exit(0)).resume();
