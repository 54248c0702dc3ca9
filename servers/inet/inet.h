/* inet.h -- the role inet sockets: /servers/socket/2 and 26

   A service makes sockets of its family, and addresses from what programs
   write into a struct sockaddr.  What sockets do with the network is the
   source's.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#ifndef HURDLE_INET_INET_H
#define HURDLE_INET_INET_H

#include <sys/socket.h>

#include "lib/io/plain.h"
#include "lib/role/environment.h"

/* There is no network.  */
error_t inet_fake_create (struct environment *env);

/* ---- inside the role ---- */

enum inet_family
{
  INET_4,
  INET_6,
  INET_FAMILIES
};

struct inet_ops;

struct inet
{
  struct environment *env; /* borrowed */
  const struct inet_ops *ops;
  struct generation generation;
  struct plain services[INET_FAMILIES];
  ino64_t last_number;
};

struct inet_address
{
  struct object object;
  struct sockaddr_storage name;
  size_t size;
};

/* What all handles on one socket share.  */
struct inet_socket
{
  unsigned int refs;
  struct inet *inet; /* borrowed */
  enum inet_family family;
  int type; /* SOCK_STREAM, SOCK_DGRAM */
  ino64_t number;
};

struct inet_handle
{
  struct handle handle;
  struct inet_socket *socket; /* reference */
};

/* What a source does.  None may be empty.  Addresses are borrowed.  */
struct inet_ops
{
  /* Before a socket is made.  */
  error_t (*admit) (struct inet *inet, enum inet_family family, int type,
                    int protocol);
  error_t (*bind) (struct inet_socket *sock,
                   const struct inet_address *address);
  error_t (*listen) (struct inet_socket *sock, int backlog);
  error_t (*accept) (struct inet_socket *sock);
  error_t (*connect) (struct inet_socket *sock,
                      const struct inet_address *address);
  error_t (*peer) (struct inet_socket *sock);
  error_t (*shutdown) (struct inet_socket *sock, int direction);
  /* ADDRESS NULL: to the peer.  */
  error_t (*send) (struct inet_socket *sock,
                   const struct inet_address *address);
  /* WAITS: the program would wait for data.  */
  error_t (*receive) (struct inet_socket *sock, bool waits);
  error_t (*get_option) (struct inet_socket *sock, int level, int option,
                         int *ret_value);
  error_t (*set_option) (struct inet_socket *sock, int level, int option);
};

/* Make the role and attach both services.  */
error_t inet_start (struct environment *env, const struct inet_ops *ops);

extern const struct interface inet_interface;
extern const struct object_class inet_address_class;

/* What OBJECT is, or NULL.  */
struct inet_handle *inet_handle_of (struct object *object);
/* The role and family that OBJECT, a service or a socket, is of.  */
struct inet *inet_of (struct object *object, enum inet_family *ret_family);

/* One reference each is given.  */
error_t inet_socket_create (struct inet *inet, enum inet_family family,
                            int type, const struct ids *ids,
                            struct inet_handle **ret_handle);
error_t inet_address_create (struct inet *inet, const void *name, size_t size,
                             struct inet_address **ret_address);

/* The family's number, and how long its names are.  */
int inet_family_number (enum inet_family family);
size_t inet_name_size (enum inet_family family);

#endif
