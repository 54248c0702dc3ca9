/* keys.h -- which keys a manifest has, as libConfuse wants to know it

   Also what proof.c holds a text against.  Every value is a text for
   libConfuse: numbers and words are judged by us, who can say more about
   them.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#ifndef MANIFEST_KEYS_H
#define MANIFEST_KEYS_H

#include <confuse.h>
#include <stdbool.h>
#include <stddef.h>

/* The keys of a file; those of its sections are below them.  */
extern cfg_opt_t file_keys[];

/* The key NAME (LENGTH bytes) in KEYS, or NULL.  */
cfg_opt_t *key_find (cfg_opt_t *keys, const char *name, size_t length);

/* Fill NAMES (MOST of them fit) with the names in KEYS; returns how many.  */
size_t key_names (const cfg_opt_t *keys, const char **names, size_t most);

bool key_is_section (const cfg_opt_t *key);
bool key_has_title (const cfg_opt_t *key);
bool key_is_list (const cfg_opt_t *key);

/* A section in which any key may stand, each with a text.  */
bool key_is_open (const cfg_opt_t *key);

#endif /* MANIFEST_KEYS_H */
