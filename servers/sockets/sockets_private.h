/* sockets_private.h -- sockets, channels and what waits for them

   A socket is one end: what one descriptor, however often duplicated, is
   about.  Handles are the objects that clients name it by.  A channel moves
   data one way between ends: a connected pair has two, a datagram socket has
   one that everybody sends to, a FIFO has one with many ends.

   A channel never waits.  What cannot go on is parked in its lists, in
   order, and channel_update lets go on what can.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#ifndef SOCKETS_PRIVATE_H
#define SOCKETS_PRIVATE_H

#include <sys/socket.h>
#include <sys/stat.h>

#include "servers/sockets/buffer.h"
#include "servers/sockets/sockets.h"

#define SOCKETS_PIPE_BUF 4096             /* written whole or not at all */
#define SOCKETS_CAPACITY (64 * 1024)      /* of a channel, at first */
#define SOCKETS_CAPACITY_MAX (256 * 1024) /* what SO_SNDBUF can make of it */
#define SOCKETS_INLINE 2048               /* data that fits into a message */
#define SOCKETS_PORTS_MAX 253             /* rights in one message */
#define SOCKETS_BACKLOG_MAX 4096
#define SOCKETS_BYTES_MAX (256UL * 1024 * 1024) /* of memory, all together */

struct sockets;

/* What the service does, by source.  None may be empty.  */
struct sockets_ops
{
  /* One reference is given.  */
  error_t (*create) (struct sockets *sockets, const struct ids *ids, int type,
                     int protocol, struct object **ret_socket);
  error_t (*fabricate_address) (struct sockets *sockets, int family,
                                struct object **ret_address);
};

/* The state of the role; environment->sockets_state.  */
struct sockets
{
  struct environment *env;
  const struct sockets_ops *ops;
  struct generation generation;
  struct buffer_budget budget;
  struct list all; /* struct socket.all */
  ino64_t last_number;
  struct timer collector;
};

struct channel
{
  struct sockets *sockets;
  unsigned int refs;
  struct buffer buffer;
  bool lasting;            /* no end of file, however few write */
  bool keeps;              /* data outlives its readers (FIFO) */
  bool busy, again;        /* channel_update is at work, or asked anew */
  struct list readers;     /* struct socket.in_link */
  struct list writers;     /* struct socket.out_link */
  struct list read_waits;  /* struct reader.link */
  struct list write_waits; /* struct writer.link */
};

/* An identity port, and an address: objects that are only there.  */
struct address
{
  struct object object;
  struct socket *socket; /* bound to it; borrowed, NULL once closed */
};

struct socket
{
  struct sockets *sockets;
  struct list all; /* in sockets->all */
  unsigned int refs;
  bool closed;         /* nobody can name it any more */
  struct list handles; /* struct socket_handle.link */
  int type;            /* SOCK_STREAM … */
  mode_t format;       /* S_IFIFO, S_IFSOCK or S_IFCHR */
  ino64_t number;
  uid_t uid;
  gid_t gid;
  size_t capacity;          /* of the channels that it will have */
  struct channel *in, *out; /* references */
  struct list in_link, out_link;
  bool shut_in, shut_out;
  struct select_queue select;
  struct object *identity; /* reference, made when asked for */

  struct address *address;      /* reference; NULL: not yet */
  struct address *peer_address; /* reference, kept for getpeername */
  struct socket *peer;          /* borrowed; both sides forget at close */

  bool listening;
  unsigned int backlog, pending_count;
  struct list pending;     /* struct socket.pending_link: to be accepted */
  struct list accepts;     /* struct acceptor.link */
  struct list connects;    /* struct connector.link */
  struct socket *listener; /* whose pending list we are on; borrowed */
  struct list pending_link;
  struct list *connecting; /* not NULL: a connect of ours is parked */

  struct fifo *fifo; /* reference: we are an end of a FIFO */
  bool reachable;    /* for the collector */
  struct list mark;  /* for the collector */
};

struct socket_handle
{
  struct handle handle;
  struct socket *socket; /* reference */
  struct list link;      /* in socket->handles */
  unsigned int flights;  /* messages that hold a reference on us */
};

/* What accompanies data: rights, control data, the sender's address.  */
struct flight
{
  struct socket_handle *handle; /* reference: one of our own sockets */
  mach_port_t right;            /* send right otherwise, may be null */
};

struct message
{
  struct address *source; /* reference or NULL */
  bool adopted;           /* the rights are ours */
  size_t ports_count;
  struct flight *ports;
  size_t control_size;
  char *control; /* up to SOCKETS_INLINE bytes */
};

/* Data on its way into a channel.  */
struct outgoing
{
  const char *data; /* the request's */
  size_t size, done;
  struct message *message; /* owned until it is in the channel */
  bool finished;           /* also a record without data */
};

/* Data that came out of a channel.  */
struct incoming
{
  struct out_data out;
  struct message *message; /* given, or NULL */
  int flags;               /* MSG_TRUNC … */
};

/* ---- sockets_channel.c ---- */

/* Is somebody still there to take the answer?  Who was killed has its request
   parked until somebody finds out, while others share the handle.  Asked
   before something is given away that cannot be had back.  */
bool parked_has_client (const struct parked *parked);

struct channel *channel_create (struct sockets *sockets, size_t capacity,
                                bool records); /* NULL: no memory */
struct channel *channel_ref (struct channel *channel);
void channel_drop (struct channel *channel); /* accepts NULL */
/* SOCKET (which has none) starts and ends to read from or write to it.  */
void socket_read_from (struct socket *sock, struct channel *channel);
void socket_write_to (struct socket *sock, struct channel *channel);
void socket_stop_reading (struct socket *sock);
void socket_stop_writing (struct socket *sock);
/* Something has changed: let go on what can, and tell who selects.  */
void channel_update (struct channel *channel);
bool channel_has_ended (const struct channel *channel); /* no data will come */

/* ---- sockets_read.c ---- */

void reader_list_serve (struct channel *channel, bool *progress);
/* Take up to AMOUNT bytes out; flags MSG_PEEK.  */
error_t channel_pull (struct channel *channel, size_t amount, int flags,
                      struct incoming *incoming);
/* io_read and socket_recv: RECEIVE says which is to be answered.  */
error_t socket_read (struct socket_handle *handle,
                     const struct request *request, size_t amount, int flags,
                     bool receive, struct incoming *incoming);
/* Hand as much of OUTGOING as possible to those who wait in an empty
   channel.  */
error_t readers_feed (struct channel *channel, struct outgoing *outgoing);

/* ---- sockets_write.c ---- */

void writer_list_serve (struct channel *channel, bool *progress);
/* io_write and socket_send.  CHANNEL is borrowed.  MESSAGE (or NULL) is
   consumed with 0 and MIG_NO_REPLY.  */
error_t socket_write (struct socket_handle *handle, struct channel *channel,
                      const struct request *request, const void *data,
                      size_t size, int flags, struct message *message,
                      bool send, size_t *ret_amount);
/* The messages of those who wait for room.  */
void writers_each_message (struct channel *channel,
                           void (*each) (void *message, void *cookie),
                           void *cookie);
error_t channel_broken_error (const struct channel *channel);

/* ---- sockets_fifo.c ---- */

error_t fifo_stat (struct fifo *fifo, io_statbuf_t *ret_stat);
void fifo_end_closed (struct fifo *fifo);
void fifo_drop (struct fifo *fifo); /* accepts NULL */

/* ---- sockets_message.c ---- */

/* A message with copies of all this; the rights stay the caller's until
   message_adopt.  *RET_MESSAGE is NULL if there is nothing to tell.  */
error_t message_create (struct loop *loop, struct address *source,
                        const mach_port_t *ports, size_t ports_count,
                        const void *control, size_t control_size,
                        struct message **ret_message);
/* The rights are the message's now.  */
void message_adopt (struct loop *loop, struct message *message);
/* Free a message that was not adopted.  Accepts NULL.  */
void message_forget (struct message *message);
/* Drop its rights and free it.  Accepts NULL.  */
void message_drop (struct message *message);
/* Move its rights into PORTS (room for SOCKETS_PORTS_MAX) as send rights, and
   free it.  CONTROL has room for SOCKETS_INLINE.  Accepts NULL.  */
void message_deliver (struct message *message, mach_port_t *ports,
                      mach_msg_type_number_t *ret_ports_count, char *control,
                      mach_msg_type_number_t *ret_control_size);
size_t message_cost (const struct message *message);

/* ---- sockets_flight.c ---- */

/* Sockets that only messages in each other hold are closed, soon.  */
void sockets_collect_later (struct sockets *sockets);

/* ---- sockets_handle.c ---- */

extern const struct object_class socket_class;
struct socket_handle *socket_handle_of (struct object *object); /* or NULL */
/* One reference is given.  */
error_t socket_handle_create (struct socket *sock, const struct ids *ids,
                              int open_modes,
                              struct socket_handle **ret_handle);

/* ---- sockets_socket.c ---- */

/* A socket without handles: one reference is given.  */
error_t socket_create_one (struct sockets *sockets, int type, mode_t format,
                           const struct ids *ids, struct socket **ret_socket);
struct socket *socket_ref (struct socket *sock);
void socket_drop (struct socket *sock); /* accepts NULL */
void socket_cleanup (struct socket **variable);
#define cleanup_socket __attribute__ ((cleanup (socket_cleanup)))
/* Nobody can name it any more.  */
void socket_close (struct socket *sock);
/* Connect two ends that are not connected.  ENOMEM.  */
error_t socket_pair (struct socket *a, struct socket *b);
bool socket_is_connected (const struct socket *sock);
/* Neither connected nor about to be, nor listening.  */
bool socket_is_free (const struct socket *sock);
void socket_shutdown_now (struct socket *sock, bool in, bool out);

/* ---- sockets_address.c ---- */

extern const struct object_class address_class;
/* A reference is given.  */
error_t address_create (struct sockets *sockets, struct address **ret_address);
/* The address of SOCK, made if it has none; borrowed.  */
error_t socket_address (struct socket *sock, struct address **ret_address);
error_t socket_bind_to (struct socket *sock, struct address *address);
error_t socket_peer_address (struct socket *sock,
                             struct address **ret_address); /* borrowed */
/* The peer goes: keep its address, if it has one, for getpeername.  */
void socket_forget_peer (struct socket *sock);

/* ---- sockets_connect.c ---- */

error_t socket_listen_to (struct socket *sock, int backlog);
error_t socket_connect_to (struct socket_handle *handle,
                           const struct request *request,
                           struct address *address);
error_t socket_accept_one (struct socket_handle *handle,
                           const struct request *request,
                           struct socket_handle **ret_handle,
                           struct address **ret_peer);
/* SOCK does not listen any longer.  */
void socket_stop_listening (struct socket *sock);

/* ---- sockets_option.c ---- */

error_t socket_option_get (struct socket *sock, int level, int option,
                           int *ret_value);
error_t socket_option_set (struct socket *sock, int level, int option,
                           int value);

/* ---- sockets_rpc.c ---- */

extern const struct interface socket_interface;

/* ---- sockets_root.c ---- */

/* Tell the role root what we do for its nodes.  */
void sockets_offer_root (struct environment *env);

/* ---- sockets_service.c ---- */

extern const struct object_class sockets_service_class;
/* The role that was asked through OBJECT; NULL: it is not the service.  */
struct sockets *sockets_of_service (struct object *object);
/* Make the role and attach the service.  */
error_t sockets_start (struct environment *env, const struct sockets_ops *ops);

#endif
