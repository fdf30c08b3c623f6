-- Organisations, projects and API keys. Names follow Langfuse's tables where both have the thing, so that rows can be imported.

CREATE TABLE organizations
(
    id         text PRIMARY KEY,
    name       text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE projects
(
    id         text PRIMARY KEY,
    org_id     text NOT NULL REFERENCES organizations (id),
    name       text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    deleted_at timestamptz,
    UNIQUE (org_id, name)
);

CREATE TABLE api_keys
(
    id                 text PRIMARY KEY,
    public_key         text NOT NULL UNIQUE,
    -- HMAC-SHA-256 of the secret under the pepper; the secret itself is never stored.
    secret_hash        bytea NOT NULL,
    display_secret_key text NOT NULL,
    note               text NOT NULL DEFAULT '',
    project_id         text NOT NULL REFERENCES projects (id),
    created_at         timestamptz NOT NULL DEFAULT now(),
    expires_at         timestamptz,
    revoked_at         timestamptz,
    last_used_at       timestamptz
);

CREATE INDEX api_keys_project ON api_keys (project_id);
