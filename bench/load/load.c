// Many WebSocket clients in one process: what `python -m bench.hub` puts a server under load with (generator.py).
//
// In C, because a client in Python takes about 100,000 frames a second, and the hub hands out ten times as many; each row
// of the results has how busy this program was, so that one sees whether it was the limit. It knows no chat: what is sent
// are templates, and what counts as delivered is a mark, `^` and 16 hexadecimal digits of this machine's clock, that a
// server hands on with the text. Frames are only split, never checked. One loop, one core, Linux.
//
//   load --port P [--host H] [--path /ws] [--header 'Name: value']... --n 100 [--pid SERVER]
//        [--step send:TEXT | --step expect:TEXT]...   after the handshake, in order
//        [--post TEMPLATE] [--size BYTES] [--counted TEXT] [--senders M] [--frames FILE] [--engine-io]
//        [--window W] [--stalled M]     so many connect at once; the last M read nothing once they are ready
//        [--wanted FILE]                texts, one a line: `lacking` is how many did not come, in all, during the steps
//        --phase closed:K:WARM:SECONDS    as many as K messages that not all clients have
//        --phase rate:R:WARM:SECONDS      R messages a second, timed from when each was due
//        --phase idle:0:0:SECONDS         nothing but connections
//
// In texts @I@ is the number of the connection (@H@ its last two digits), @S@ of the message, @M@ the mark, @T@ `true` and
// `false` in turn for each sender, @K@ a key as chat clients make them: the time in ms, by clocks that are up to SKEW_MS
// off, and 80 bits by chance; @P@ fills up to --size. With --counted a delivery is this text instead of a mark. A FILE
// has binary messages, each after two 32-bit numbers: sender and length. Writes one JSON object for each phase, and ends
// after one that lost deliveries: those that are late would count for the next.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { WAITING, SHAKING, STEPPING, READY };
enum { SMALL = 2048, SAMPLED = 20, LATENCIES = 4000000, TEXT_MAX = 65000, HEAD_MAX = 16384, SKEW_MS = 50 };

typedef struct {
  int fd, index, state, step, sampled, digits, head_have, in_payload, op, control_have;
  uint8_t head[10], control[125];
  uint64_t left, length, value, delivered;
  char *seen;       // while SHAKING and STEPPING: what has come, for `expect`
  size_t seen_have;
} Client;

static Client *clients;
static int count = 10, ready, begun, window = 50, senders, stalled, engine_io, poller, timing;
static int port, pid, step_count, phase_count;
static const char *host = "127.0.0.1", *path = "/ws", *headers[32], *steps[32], *phases[32], *template_ = "@M@ @P@", *counted;
static int header_count, size = 200;
static uint64_t sent, delivered, frames, bytes;
static char wanted[256][64];
static int wanted_count;
static uint64_t found_wanted;
static uint8_t *recorded, *recorded_at, *recorded_end;
static float *latencies;
static size_t latency_count;

static void fail(const char *format, ...) {
  va_list values;
  va_start(values, format);
  fputs("load: ", stderr);
  vfprintf(stderr, format, values);
  fprintf(stderr, " (%s)\n", strerror(errno));
  exit(2);
}

static uint64_t clock_ns(clockid_t which) {
  struct timespec now;
  clock_gettime(which, &now);
  return now.tv_sec * 1000000000ull + now.tv_nsec;
}

// ------------------------------------------------------------------------------------------------------- what is sent

static void send_all(Client *client, const uint8_t *data, size_t length) {
  while (length) {
    ssize_t taken = send(client->fd, data, length, MSG_NOSIGNAL);
    if (taken > 0) {
      data += taken, length -= taken;
    } else if (taken < 0 && errno == EAGAIN) {
      struct pollfd writable = {client->fd, POLLOUT, 0};
      if (poll(&writable, 1, 10000) <= 0) fail("connection %d takes nothing", client->index);
    } else {
      fail("connection %d is gone", client->index);
    }
  }
}

static void send_frame(Client *client, int op, const uint8_t *payload, size_t length) {
  static uint8_t frame[TEXT_MAX + 8];
  if (length > TEXT_MAX) fail("a message of %zu bytes", length);
  size_t at = 0;
  frame[at++] = 0x80 | op;
  if (length < 126) {
    frame[at++] = 0x80 | length;
  } else {
    frame[at++] = 0x80 | 126, frame[at++] = length >> 8, frame[at++] = length & 255;
  }
  uint8_t mask[4] = {0x5a, client->index, client->index >> 8, 0xa5};
  memcpy(frame + at, mask, 4), at += 4;
  for (size_t i = 0; i < length; i++) frame[at + i] = payload[i] ^ mask[i & 3];
  send_all(client, frame, at + length);
}

static uint64_t chance(void) {  // xorshift64, of George Marsaglia
  static uint64_t state;
  if (!state) state = clock_ns(CLOCK_REALTIME) | 1;
  state ^= state << 13, state ^= state >> 7, state ^= state << 17;
  return state;
}

static size_t key(char *out, int index) {
  uint64_t now = clock_ns(CLOCK_REALTIME) / 1000000 + (uint64_t)index * 7919 % (2 * SKEW_MS + 1) - SKEW_MS;
  return sprintf(out, "%012llx%010llx%010llx", (unsigned long long)now, (unsigned long long)(chance() >> 24),
                 (unsigned long long)(chance() >> 24));
}

// Writes `text` with its placeholders filled in. Returns the length.
static size_t filled(char *out, const char *text, int index, uint64_t serial, uint64_t mark) {
  char *at = out;
  for (; *text; text++) {
    if (text[0] != '@' || !text[1] || text[2] != '@') {
      *at++ = *text;
      continue;
    }
    if (text[1] == 'I') at += sprintf(at, "%d", index);
    if (text[1] == 'H') at += sprintf(at, "%d", index % 100);
    if (text[1] == 'S') at += sprintf(at, "%llu", (unsigned long long)serial);
    if (text[1] == 'K') at += key(at, index);
    if (text[1] == 'M') at += sprintf(at, "^%016llx", (unsigned long long)mark);
    if (text[1] == 'T') at += sprintf(at, serial / senders % 2 ? "false" : "true");
    if (text[1] == 'P') {
      int more = size - (int)(at - out) - (int)strlen(text + 3);
      for (; more > 0; more--) *at++ = 'x';
    }
    text += 2;
  }
  *at = 0;
  return at - out;
}

// Sends the next message, with the time from which its way is measured.
static void publish(uint64_t mark) {
  static char text[TEXT_MAX];
  if (!recorded) {
    Client *sender = &clients[(sent % senders) * (count - stalled) / senders];
    size_t length = filled(text, template_, sender->index, sent, mark);
    send_frame(sender, 1, (uint8_t *)text, length);
  } else if (recorded_at < recorded_end) {
    uint32_t from, length;
    memcpy(&from, recorded_at, 4), memcpy(&length, recorded_at + 4, 4);
    char digits[20];
    sprintf(digits, "^%016llx", (unsigned long long)mark);
    uint8_t *place = memmem(recorded_at + 8, length, "^0000000000000000", 17);
    if (place) memcpy(place, digits, 17);
    send_frame(&clients[from % count], 2, recorded_at + 8, length);
    recorded_at += 8 + length;
  } else {
    return;
  }
  sent++;
}

// ------------------------------------------------------------------------------------------------------- what comes

static void measure_marks(Client *client, const uint8_t *data, size_t length) {
  for (size_t i = 0; i < length; i++) {
    if (client->digits < 0) {
      const uint8_t *found = memchr(data + i, '^', length - i);
      if (!found) return;
      i = found - data, client->digits = 0, client->value = 0;
      continue;
    }
    int digit = data[i] <= '9' ? data[i] - '0' : data[i] - 'a' + 10;
    client->value = client->value << 4 | (digit & 15);
    if (++client->digits < 16) continue;
    client->digits = -1;
    if (timing && latency_count < LATENCIES)
      latencies[latency_count++] = ((int64_t)(clock_ns(CLOCK_MONOTONIC) - client->value)) / 1000.0;
  }
}

static unsigned marks_in(const uint8_t *data, size_t length) {
  unsigned found = 0;
  if (counted) {  // small frames, which come whole
    for (const uint8_t *at = data; (at = memmem(at, data + length - at, counted, strlen(counted))); at++) found++;
    return found;
  }
  // A loop that the compiler makes wide: memchr would be called once for each mark.
  for (size_t i = 0; i < length; i++) found += data[i] == '^';
  return found;
}

static void take_payload(Client *client, const uint8_t *data, size_t length) {
  if (client->op >= 8) {
    for (size_t i = 0; i < length && client->control_have < 125; i++) client->control[client->control_have++] = data[i];
    return;
  }
  if (client->state == STEPPING) {
    client->seen = realloc(client->seen, client->seen_have + length + 1);
    memcpy(client->seen + client->seen_have, data, length), client->seen_have += length;
    client->seen[client->seen_have] = 0;
    return;
  }
  unsigned marks = marks_in(data, length);
  delivered += marks, client->delivered += marks;
  if (client->sampled) measure_marks(client, data, length);
  if (engine_io && client->length == 1 && data[0] == '2') send_frame(client, 1, (const uint8_t *)"3", 1);
}

static void go_on(Client *client);

static void end_frame(Client *client) {
  client->in_payload = 0;
  if (client->op == 8) fail("connection %d was closed by the server", client->index);
  if (client->op == 9) send_frame(client, 10, client->control, client->control_have);
  if (client->op >= 8) return;
  frames++;
  if (client->state == STEPPING) go_on(client);
}

static void take_bytes(Client *client, const uint8_t *data, size_t length) {
  bytes += length;
  size_t at = 0;
  while (at < length || (client->in_payload && !client->left)) {
    if (!client->in_payload) {
      client->head[client->head_have++] = data[at++];
      int form = client->head_have > 1 ? client->head[1] & 127 : 0;
      int want = form == 126 ? 4 : form == 127 ? 10 : 2;
      if (client->head_have < want) continue;
      client->left = form < 126 ? form : 0;
      for (int i = 2; i < want; i++) client->left = client->left << 8 | client->head[i];
      client->op = client->head[0] & 15, client->length = client->left;
      client->head_have = client->control_have = 0, client->in_payload = 1;
    }
    size_t part = length - at < client->left ? length - at : client->left;
    take_payload(client, data + at, part);
    at += part, client->left -= part;
    if (!client->left) end_frame(client);
  }
}

// ------------------------------------------------------------------------------------------------------- connecting

// Before what was seen is forgotten: which of the wanted texts were in it.
static void look_for_wanted(Client *client) {
  for (int i = 0; i < wanted_count; i++)
    found_wanted += memmem(client->seen, client->seen_have, wanted[i], strlen(wanted[i])) != NULL;
}

static void go_on(Client *client) {
  static char text[TEXT_MAX];
  while (client->step < step_count) {
    const char *step = steps[client->step];
    if (!strncmp(step, "send:", 5)) {
      size_t length = filled(text, step + 5, client->index, 0, 0);
      send_frame(client, 1, (uint8_t *)text, length);
    } else {
      filled(text, step + 7, client->index, 0, 0);
      if (!client->seen || !memmem(client->seen, client->seen_have, text, strlen(text))) return;
      look_for_wanted(client);
      client->seen_have = 0;
    }
    client->step++;
  }
  free(client->seen), client->seen = NULL;
  client->state = READY, ready++;
  if (client->index >= count - stalled) epoll_ctl(poller, EPOLL_CTL_DEL, client->fd, NULL);
}

static void take_handshake(Client *client, const uint8_t *data, size_t length) {
  client->seen = realloc(client->seen, client->seen_have + length + 1);  // frames may come with the headers
  memcpy(client->seen + client->seen_have, data, length), client->seen_have += length;
  client->seen[client->seen_have] = 0;
  char *end = strstr(client->seen, "\r\n\r\n");
  if (!end) return;
  if (strncmp(client->seen, "HTTP/1.1 101", 12)) fail("the handshake was refused: %.200s", client->seen);
  size_t rest = client->seen + client->seen_have - end - 4;
  uint8_t *more = malloc(rest + 1);
  memcpy(more, end + 4, rest);
  client->state = STEPPING, client->seen_have = 0;
  go_on(client);
  take_bytes(client, more, rest);
  free(more);
}

static void connect_next(void) {
  static char request[HEAD_MAX], line[1024];
  Client *client = &clients[begun++];
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
  inet_pton(AF_INET, host, &address.sin_addr);
  client->fd = socket(AF_INET, SOCK_STREAM, 0);
  int little = SMALL;
  if (client->index >= count - stalled) {  // else the kernel keeps megabytes for it, and the server nothing
    setsockopt(client->fd, SOL_SOCKET, SO_RCVBUF, &little, sizeof little);
    setsockopt(client->fd, IPPROTO_TCP, TCP_MAXSEG, &little, sizeof little);
  }
  if (client->fd < 0 || connect(client->fd, (void *)&address, sizeof address)) fail("cannot connect to %s:%d", host, port);
  int on = 1;
  setsockopt(client->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  // An end by reset leaves no sockets behind that wait for late packets.
  struct linger at_once = {1, 0};
  setsockopt(client->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  filled(line, path, client->index, 0, 0);
  int at = sprintf(request, "GET %s HTTP/1.1\r\nHost: %s:%d\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                   "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n", line, host, port);
  for (int i = 0; i < header_count; i++) {
    filled(line, headers[i], client->index, 0, 0);
    at += sprintf(request + at, "%s\r\n", line);
  }
  at += sprintf(request + at, "\r\n");
  client->state = SHAKING;
  send_all(client, (uint8_t *)request, at);
  fcntl(client->fd, F_SETFL, O_NONBLOCK);
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = client};
  epoll_ctl(poller, EPOLL_CTL_ADD, client->fd, &event);
}

static void pump(int64_t wait_ns) {
  static uint8_t buffer[1 << 18];
  struct epoll_event events[64];
  struct timespec wait = {wait_ns / 1000000000, wait_ns % 1000000000};
  int found = epoll_pwait2(poller, events, 64, &wait, NULL);
  for (int i = 0; i < found; i++) {
    Client *client = events[i].data.ptr;
    ssize_t got = recv(client->fd, buffer, sizeof buffer, 0);
    if (got < 0 && errno == EAGAIN) continue;
    if (got <= 0) fail("connection %d was ended by the server", client->index);
    if (client->state == SHAKING) take_handshake(client, buffer, got);
    else take_bytes(client, buffer, got);
  }
}

static double connect_all(void) {
  uint64_t start = clock_ns(CLOCK_MONOTONIC);
  while (ready < count) {
    while (begun < count && begun - ready < window) connect_next();
    pump(5000000);
    if (clock_ns(CLOCK_MONOTONIC) - start > 280000000000ull) fail("only %d of %d connections are ready", ready, count);
  }
  return (clock_ns(CLOCK_MONOTONIC) - start) / 1e9;
}

// ------------------------------------------------------------------------------------------------------- measuring

// CPU time of all threads of the server, in ns.
static uint64_t server_cpu(void) {
  char name[300];
  uint64_t sum = 0;
  snprintf(name, sizeof name, "/proc/%d/task", pid);
  DIR *tasks = pid ? opendir(name) : NULL;
  if (!tasks) return 0;
  for (struct dirent *task; (task = readdir(tasks));) {
    snprintf(name, sizeof name, "/proc/%d/task/%s/schedstat", pid, task->d_name);
    FILE *file = task->d_name[0] == '.' ? NULL : fopen(name, "r");
    unsigned long long value = 0;
    if (file && fscanf(file, "%llu", &value) == 1) sum += value;
    if (file) fclose(file);
  }
  closedir(tasks);
  return sum;
}

static long server_bytes(void) {
  char name[64];
  long pages = 0;
  snprintf(name, sizeof name, "/proc/%d/statm", pid);
  FILE *file = pid ? fopen(name, "r") : NULL;
  if (file && fscanf(file, "%*d %ld", &pages) != 1) pages = 0;
  if (file) fclose(file);
  return pages * sysconf(_SC_PAGESIZE);
}

static int by_size(const void *one, const void *other) {
  float a = *(const float *)one, b = *(const float *)other;
  return (a > b) - (a < b);
}

static double percentile(double share) {
  return latency_count ? latencies[(size_t)(share * (latency_count - 1) + 0.5)] / 1000 : 0;
}

// Who reads: those that stall are counted out.
static uint64_t awaited(void) { return sent * (count - stalled); }

static void drain(void) {
  uint64_t limit = clock_ns(CLOCK_MONOTONIC) + 10000000000ull;
  while (delivered < awaited() && clock_ns(CLOCK_MONOTONIC) < limit) pump(5000000);
}

// Returns whether all deliveries came.
static int run_phase(const char *phase, double connecting, long idle_bytes) {
  char kind[16];
  double value = 0, warm = 0, seconds = 1;
  if (sscanf(phase, "%15[^:]:%lf:%lf:%lf", kind, &value, &warm, &seconds) < 4) fail("what is the phase %s?", phase);
  int closed = !strcmp(kind, "closed"), idle = !strcmp(kind, "idle");
  uint64_t start = clock_ns(CLOCK_MONOTONIC), from = start + warm * 1e9, until = from + seconds * 1e9;
  uint64_t begun_at = 0, delivered0 = 0, frames0 = 0, bytes0 = 0, server0 = 0, own0 = 0;
  double due = start;
  for (uint64_t now; (now = clock_ns(CLOCK_MONOTONIC)) < until;) {
    if (!begun_at && now >= from) {
      begun_at = now, timing = 1, latency_count = 0, delivered0 = delivered, frames0 = frames, bytes0 = bytes;
      server0 = server_cpu(), own0 = clock_ns(CLOCK_PROCESS_CPUTIME_ID);
    }
    if (recorded && recorded_at == recorded_end && delivered >= awaited()) break;
    int64_t wait = 5000000;
    if (closed) {
      while (sent - delivered / (count - stalled) < value && !(recorded && recorded_at == recorded_end))
        publish(clock_ns(CLOCK_MONOTONIC));
    } else if (!idle) {
      for (; due <= now; due += 1e9 / value) publish(due);
      wait = due - clock_ns(CLOCK_MONOTONIC);
    }
    pump(wait < 0 ? 0 : wait);
  }
  double took = (clock_ns(CLOCK_MONOTONIC) - begun_at) / 1e9, cpu = (server_cpu() - server0) / 1e9;
  double own = (clock_ns(CLOCK_PROCESS_CPUTIME_ID) - own0) / 1e9, got = delivered - delivered0;
  uint64_t in_frames = frames - frames0, in_bytes = bytes - bytes0;
  drain();
  timing = 0;
  qsort(latencies, latency_count, sizeof *latencies, by_size);
  printf("{\"phase\":\"%s\",\"clients\":%d,\"seconds\":%.3f,\"messages\":%.1f,\"deliveries\":%.0f,\"frames\":%.0f,"
         "\"bytes\":%.0f,\"p50_ms\":%.3f,\"p90_ms\":%.3f,\"p99_ms\":%.3f,\"server_cpu\":%.4f,\"load_cpu\":%.4f,"
         "\"cpu_per_million\":%.4f,\"missing\":%lld,\"lacking\":%lld,\"connecting\":%.3f,\"idle_bytes\":%ld,"
         "\"end_bytes\":%ld}\n",
         phase, count, took, got / (count - stalled) / took, got / took, in_frames / took, in_bytes / took,
         percentile(0.5), percentile(0.9), percentile(0.99), cpu / took, own / took, got ? cpu / got * 1e6 : 0,
         (long long)(awaited() - delivered), (long long)count * wanted_count - (long long)found_wanted, connecting,
         idle_bytes, server_bytes());
  fflush(stdout);
  return delivered == awaited();
}

static void read_wanted(const char *name) {
  FILE *file = fopen(name, "r");
  if (!file) fail("no file %s", name);
  while (wanted_count < 256 && fscanf(file, "%63s", wanted[wanted_count]) == 1) wanted_count++;
  fclose(file);
}

static void read_recorded(const char *name) {
  FILE *file = fopen(name, "rb");
  if (!file) fail("no file %s", name);
  fseek(file, 0, SEEK_END);
  long length = ftell(file);
  rewind(file);
  recorded = recorded_at = malloc(length);
  recorded_end = recorded + length;
  if (fread(recorded, 1, length, file) != (size_t)length) fail("cannot read %s", name);
  fclose(file);
}

static void read_options(int given, char **words) {
  for (int i = 1; i < given; i++) {
    char *name = words[i], *value = i + 1 < given ? words[i + 1] : "";
    int took = 1;
    if (!strcmp(name, "--host")) host = value;
    else if (!strcmp(name, "--port")) port = atoi(value);
    else if (!strcmp(name, "--path")) path = value;
    else if (!strcmp(name, "--header")) headers[header_count++ % 32] = value;
    else if (!strcmp(name, "--n")) count = atoi(value);
    else if (!strcmp(name, "--pid")) pid = atoi(value);
    else if (!strcmp(name, "--step")) steps[step_count++ % 32] = value;
    else if (!strcmp(name, "--post")) template_ = value;
    else if (!strcmp(name, "--counted")) counted = value;
    else if (!strcmp(name, "--size")) size = atoi(value);
    else if (!strcmp(name, "--senders")) senders = atoi(value);
    else if (!strcmp(name, "--window")) window = atoi(value);
    else if (!strcmp(name, "--stalled")) stalled = atoi(value);
    else if (!strcmp(name, "--wanted")) read_wanted(value);
    else if (!strcmp(name, "--frames")) read_recorded(value);
    else if (!strcmp(name, "--phase")) phases[phase_count++ % 32] = value;
    else if (!strcmp(name, "--engine-io")) engine_io = 1, took = 0;
    else fail("what is %s?", name);
    i += took;
  }
}

int main(int given, char **words) {
  signal(SIGPIPE, SIG_IGN);
  read_options(given, words);
  if (!senders || senders > count - stalled) senders = count - stalled;
  clients = calloc(count, sizeof *clients);
  latencies = malloc(LATENCIES * sizeof *latencies);
  poller = epoll_create1(0);
  for (int i = 0; i < count; i++) clients[i].index = i, clients[i].digits = -1;
  for (int i = 0; i < SAMPLED; i++) clients[(long)i * (count - stalled) / SAMPLED].sampled = 1;
  long before = server_bytes();
  double connecting = connect_all();
  for (uint64_t end = clock_ns(CLOCK_MONOTONIC) + 300000000; clock_ns(CLOCK_MONOTONIC) < end;) pump(20000000);
  delivered = 0;
  for (int i = 0; i < phase_count && run_phase(phases[i], connecting, before); i++) continue;
  return 0;
}
