/* keys.c -- which keys a manifest has, as libConfuse wants to know it
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <string.h>

#include "lib/manifest/keys.h"

static cfg_opt_t role_keys[] = {
  CFG_STR ("source", NULL, CFGF_NONE),
  CFG_STR ("device", NULL, CFGF_NONE),
  CFG_STR_LIST ("allow", NULL, CFGF_NONE),
  CFG_STR_LIST ("see", NULL, CFGF_NONE),
  CFG_STR_LIST ("signal", NULL, CFGF_NONE),
  CFG_STR ("unsafe", NULL, CFGF_NONE),
  CFG_END (),
};

static cfg_opt_t mount_keys[] = {
  CFG_STR ("from", NULL, CFGF_NONE),      CFG_STR ("mode", NULL, CFGF_NONE),
  CFG_STR ("nosuid", NULL, CFGF_NONE),    CFG_STR ("noexec", NULL, CFGF_NONE),
  CFG_STR_LIST ("hide", NULL, CFGF_NONE), CFG_END (),
};

static cfg_opt_t variables_keys[] = { CFG_END () };

static cfg_opt_t limits_keys[] = {
  CFG_STR ("tasks", NULL, CFGF_NONE),
  CFG_STR ("handles", NULL, CFGF_NONE),
  CFG_STR ("memory", NULL, CFGF_NONE),
  CFG_STR ("task-memory", NULL, CFGF_NONE),
  CFG_END (),
};

static cfg_opt_t environment_keys[] = {
  CFG_STR_LIST ("include", NULL, CFGF_NONE),
  CFG_STR ("identity", NULL, CFGF_NONE),
  CFG_STR_LIST ("uids", NULL, CFGF_NONE),
  CFG_STR_LIST ("gids", NULL, CFGF_NONE),
  CFG_SEC ("role", role_keys, CFGF_MULTI | CFGF_TITLE),
  CFG_SEC ("mount", mount_keys, CFGF_MULTI | CFGF_TITLE),
  CFG_SEC ("variables", variables_keys, CFGF_KEYSTRVAL),
  CFG_SEC ("limits", limits_keys, CFGF_NONE),
  CFG_STR ("directory", NULL, CFGF_NONE),
  CFG_STR_LIST ("command", NULL, CFGF_NONE),
  CFG_STR ("contained", NULL, CFGF_NONE),
  CFG_END (),
};

cfg_opt_t file_keys[] = {
  CFG_SEC ("environment", environment_keys, CFGF_MULTI | CFGF_TITLE),
  CFG_END (),
};

cfg_opt_t *
key_find (cfg_opt_t *keys, const char *name, size_t length)
{
  for (; keys->name; keys++)
    if (strlen (keys->name) == length
        && memcmp (keys->name, name, length) == 0)
      return keys;
  return NULL;
}

size_t
key_names (const cfg_opt_t *keys, const char **names, size_t most)
{
  size_t count = 0;

  for (; keys->name && count < most; keys++)
    names[count++] = keys->name;
  return count;
}

bool
key_is_section (const cfg_opt_t *key)
{
  return key->type == CFGT_SEC;
}

bool
key_has_title (const cfg_opt_t *key)
{
  return key->flags & CFGF_TITLE;
}

bool
key_is_list (const cfg_opt_t *key)
{
  return key->flags & CFGF_LIST;
}

bool
key_is_open (const cfg_opt_t *key)
{
  return key->flags & CFGF_KEYSTRVAL;
}
