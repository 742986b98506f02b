// An OpenID provider on 127.0.0.1 for the tests: the npm package oidc-provider with its own pages for signing in. Its settings are the
// first argument (JSON); its issuer, which has a path as Dex's has, is the first line it writes. It ends when its standard input does.
import { createServer } from 'node:http';
import { Provider } from 'oidc-provider';

const settings = JSON.parse(process.argv[2]);
const path = '/dex';

const server = createServer();
server.listen(0, '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}${path}`;
  const provider = new Provider(issuer, {
    clients: [{
      client_id: settings.client, client_secret: settings.secret, redirect_uris: [settings.back],
      grant_types: ['authorization_code'], response_types: ['code'],
      token_endpoint_auth_method: settings.secret ? 'client_secret_basic' : 'none',
    }],
    pkce: { required: () => true },
    scopes: ['openid', 'email', 'profile', 'groups'],
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'], groups: ['groups'] },
    conformIdTokenClaims: settings.lean ?? true, // true: the claims are to be asked for, they are not in the ID token
    cookies: { keys: ['of no worth'] },
    findAccount: (_, id) => settings.people[id] && { accountId: id, claims: () => ({ sub: id, ...settings.people[id] }) },
    ttl: { Session: 3600, Interaction: 3600, Grant: 3600, AccessToken: 600, IdToken: 600 },
  });
  const answer = provider.callback();
  server.on('request', (req, res) => {
    if (!req.url.startsWith(path + '/')) {
      res.writeHead(404).end();
      return;
    }
    req.originalUrl = req.url;
    req.url = req.url.slice(path.length);
    answer(req, res);
  });
  console.log(JSON.stringify({ issuer }));
});

process.stdin.resume().on('end', () => process.exit(0));
