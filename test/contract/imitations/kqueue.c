// kqueue(2) as far as the death watch uses it, over epoll and pidfds: EVFILT_PROC with NOTE_EXIT,
// EVFILT_READ, EV_RECEIPT, EV_ONESHOT, EV_DELETE. Layout and numbers are those of macOS. It lets
// the kqueue code run where there is no Mac; how a Mac behaves it cannot prove.

#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

struct kevent {
  uintptr_t ident;
  int16_t filter;
  uint16_t flags;
  uint32_t fflags;
  intptr_t data;
  void *udata;
};

_Static_assert(sizeof(struct kevent) == 32, "the layout of macOS");

enum { EVFILT_READ = -1, EVFILT_PROC = -5 };
enum { EV_ADD = 0x1, EV_DELETE = 0x2, EV_ONESHOT = 0x10, EV_RECEIPT = 0x40, EV_ERROR = 0x4000 };
#define NOTE_EXIT 0x80000000u

enum { KNOTES_MAX = 4096, WAIT_MAX = 64 };

struct knote {
  int used, queue, fd;
  struct kevent event;
};

static struct knote knotes[KNOTES_MAX];
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

int kqueue(void) { return epoll_create1(EPOLL_CLOEXEC); }

static struct knote *find(int queue, const struct kevent *change) {
  for (int index = 0; index < KNOTES_MAX; index += 1) {
    struct knote *note = &knotes[index];
    if (note->used && note->queue == queue && note->event.ident == change->ident &&
        note->event.filter == change->filter) {
      return note;
    }
  }
  return NULL;
}

static void drop(struct knote *note) {
  epoll_ctl(note->queue, EPOLL_CTL_DEL, note->fd, NULL);
  if (note->event.filter == EVFILT_PROC) close(note->fd);
  note->used = 0;
}

// A process that has ended is not found, whether reaped or not.
static int open_process(uintptr_t pid) {
  int fd = (int)syscall(SYS_pidfd_open, (int)pid, 0);
  if (fd < 0) return -1;
  struct pollfd ended = {.fd = fd, .events = POLLIN};
  if (poll(&ended, 1, 0) == 0) return fd;
  close(fd);
  errno = ESRCH;
  return -1;
}

static int add(int queue, const struct kevent *change) {
  struct knote *note = find(queue, change);
  if (note != NULL) {
    note->event.udata = change->udata;
    return 0;
  }
  for (note = knotes; note < knotes + KNOTES_MAX && note->used; note += 1) continue;
  if (note == knotes + KNOTES_MAX) return ENOMEM;
  if (change->filter == EVFILT_PROC && change->fflags != NOTE_EXIT) return EINVAL;
  int fd = change->filter == EVFILT_PROC ? open_process(change->ident) : (int)change->ident;
  if (fd < 0) return errno;
  struct epoll_event event = {.events = EPOLLIN, .data.u32 = (uint32_t)(note - knotes)};
  if (epoll_ctl(queue, EPOLL_CTL_ADD, fd, &event) != 0) return errno;
  *note = (struct knote){.used = 1, .queue = queue, .fd = fd, .event = *change};
  return 0;
}

static int apply(int queue, const struct kevent *change) {
  if (change->flags & EV_ADD) return add(queue, change);
  if (!(change->flags & EV_DELETE)) return EINVAL;
  struct knote *note = find(queue, change);
  if (note == NULL) return ENOENT;
  drop(note);
  return 0;
}

static int collect(struct kevent *events, const struct epoll_event *ready, int count) {
  int told = 0;
  for (int index = 0; index < count; index += 1) {
    struct knote *note = &knotes[ready[index].data.u32];
    if (!note->used) continue;
    events[told] = note->event;
    events[told].flags &= (uint16_t)~EV_RECEIPT;
    told += 1;
    if (note->event.flags & EV_ONESHOT) drop(note);
  }
  return told;
}

int kevent(int queue, const struct kevent *changes, int nchanges, struct kevent *events,
           int nevents, const struct timespec *timeout) {
  int receipts = 0;
  pthread_mutex_lock(&mutex);
  for (int index = 0; index < nchanges; index += 1) {
    int error = apply(queue, &changes[index]);
    if ((changes[index].flags & EV_RECEIPT || error != 0) && receipts < nevents) {
      events[receipts] = changes[index];
      events[receipts].flags |= EV_ERROR;
      events[receipts].data = error;
      receipts += 1;
    }
  }
  pthread_mutex_unlock(&mutex);
  if (receipts > 0 || nevents == 0) return receipts;

  struct epoll_event ready[WAIT_MAX];
  int wait_ms = timeout == NULL ? -1 : (int)(timeout->tv_sec * 1000 + timeout->tv_nsec / 1000000);
  int count = epoll_wait(queue, ready, nevents < WAIT_MAX ? nevents : WAIT_MAX, wait_ms);
  if (count < 0) return -1;
  pthread_mutex_lock(&mutex);
  int told = collect(events, ready, count);
  pthread_mutex_unlock(&mutex);
  return told;
}
