package io.parley.client;

import io.parley.id.UserId;

/// Who somebody is, as `GET /v1/users/{user}` tells.
///
/// @param name the name to show
/// @param uid  the account's unchangeable id
public record Profile(UserId user, String name, String uid) {}
