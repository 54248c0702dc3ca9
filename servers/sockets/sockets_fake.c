/* sockets_fake.c -- the role local sockets, source fake: there are none

   A program sees a system without local sockets, not a broken one.  FIFOs are
   files and go on to work.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include "servers/sockets/sockets_private.h"

static error_t
fake_create (struct sockets *sockets, const struct ids *ids, int type,
             int protocol, struct object **ret_socket)
{
  (void)ids, (void)type, (void)protocol, (void)ret_socket;
  return environment_refuse (sockets->env, "local", EAFNOSUPPORT);
}

static error_t
fake_fabricate_address (struct sockets *sockets, int family,
                        struct object **ret_address)
{
  (void)sockets, (void)family, (void)ret_address;
  return EAFNOSUPPORT;
}

static const struct sockets_ops fake_ops = {
  .create = fake_create,
  .fabricate_address = fake_fabricate_address,
};

error_t
sockets_fake_create (struct environment *env)
{
  return sockets_start (env, &fake_ops);
}
