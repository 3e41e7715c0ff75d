using System.Net;
using System.Net.Http.Headers;

namespace LeNetServe.Trainer.Downloads;

/// <summary>
/// Fetches one file from the first mirror that can give it. The bytes go to <c>NAME.part</c>, which a later attempt, mirror or process
/// continues by a Range request. The file gets its name once its hash is the pinned one.
/// </summary>
internal sealed class FileDownload(HttpClient http, TimeProvider time, DownloadOptions options, Action<DownloadProgress> report)
{
    /// <summary>Fetches <paramref name="file"/> into <paramref name="directory"/>.</summary>
    /// <exception cref="IOException">No mirror could give the file; the message says for each mirror why.</exception>
    public async Task RunAsync(string directory, RemoteFile file, IEnumerable<Uri> mirrors, CancellationToken cancellationToken)
    {
        var part = Path.Combine(directory, file.Name + ".part");
        var failures = new List<string>();
        foreach (var mirror in mirrors)
        {
            var address = new Uri(mirror, file.Name);
            if (await TryMirrorAsync(address, part, file, cancellationToken) is not { } failure)
            {
                File.Move(part, Path.Combine(directory, file.Name), overwrite: true);
                return;
            }
            failures.Add($"{address}: {failure}");
        }
        throw new IOException($"cannot download {file.Name}: {string.Join("; ", failures)}");
    }

    /// <returns>Null once the part file is whole and its hash right, else the reason why this mirror cannot give it.</returns>
    private async Task<string?> TryMirrorAsync(Uri address, string part, RemoteFile file, CancellationToken cancellationToken)
    {
        var fruitless = 0;
        while (true)
        {
            var before = Length(part);
            var answer = await FetchAsync(address, part, file, cancellationToken);
            if (answer.Failure is null && FileVerdict.OfFile(part, file) is var verdict)
            {
                if (verdict.State == FileState.Sound)
                    return null;
                File.Delete(part);
                answer = new(verdict.Reason, Final: !answer.Resumed);
            }
            if (answer.Final)
                return answer.Failure;
            fruitless = Length(part) > before ? 0 : fruitless + 1;
            if (fruitless >= options.Attempts)
                return $"{answer.Failure}, {options.Attempts} attempts in a row";
            await Task.Delay(options.Backoff * Math.Pow(2, Math.Max(0, fruitless - 1)), time, cancellationToken);
        }
    }

    private async Task<Answer> FetchAsync(Uri address, string part, RemoteFile file, CancellationToken cancellationToken)
    {
        var have = Length(part);
        if (have > file.Bytes)
        {
            File.Delete(part);
            have = 0;
        }
        if (have == file.Bytes)
            return new(null, Final: false, Resumed: true);
        using var stall = new CancellationTokenSource(options.StallTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, stall.Token);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, address);
            if (have > 0)
                request.Headers.Range = new RangeHeaderValue(have, null);
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            if (response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
            {
                File.Delete(part);
                return new("has another length than the part that was already here; starting again", Final: false);
            }
            if (!response.IsSuccessStatusCode)
                return new($"answers {(int)response.StatusCode} {response.ReasonPhrase}", Final: !IsPassing(response.StatusCode));
            var partial = response.StatusCode == HttpStatusCode.PartialContent;
            var resumed = partial && response.Content.Headers.ContentRange?.From == have && have > 0;
            if (partial && !resumed)
            {
                File.Delete(part);
                return new($"answers with range {response.Content.Headers.ContentRange}, expected one from byte {have}", Final: false);
            }
            var total = ExpectedLength(file, response.Content.Headers.ContentLength + (resumed ? have : 0));
            return await ReceiveAsync(response, part, file.Name, total, resumed, stall, either.Token);
        }
        catch (OperationCanceledException) when (stall.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            var seconds = options.StallTimeout.TotalSeconds;
            return new($"stalls: no byte for {seconds:0.#} s after {Length(part)} of {file.Bytes} bytes", Final: false);
        }
        catch (HttpRequestException exception)
        {
            return new(exception.InnerException is { } cause ? $"{exception.Message} ({cause.Message})" : exception.Message,
                Final: exception.HttpRequestError == HttpRequestError.ProxyTunnelError);
        }
        catch (HttpIOException)
        {
            return new($"ends after {Length(part)} of {file.Bytes} bytes", Final: false);
        }
    }

    private async Task<Answer> ReceiveAsync(
        HttpResponseMessage response,
        string part,
        string name,
        long total,
        bool resumed,
        CancellationTokenSource stall,
        CancellationToken cancellationToken)
    {
        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        await using var target = new FileStream(part, resumed ? FileMode.Append : FileMode.Create, FileAccess.Write, FileShare.Read);
        var buffer = new byte[1 << 16];
        while (true)
        {
            stall.CancelAfter(options.StallTimeout);
            var count = await body.ReadAsync(buffer, cancellationToken);
            if (count == 0)
                break;
            if (target.Position + count > total)
            {
                target.SetLength(0);
                return new($"sends more than the expected {total} bytes", Final: !resumed);
            }
            await target.WriteAsync(buffer.AsMemory(0, count), cancellationToken);
            report(new(name, target.Position, total));
        }
        target.Flush(flushToDisk: true);
        return target.Position == total
            ? new(null, Final: false, resumed)
            : new($"ends after {target.Position} of {total} bytes", Final: false, resumed);
    }

    /// <summary>Gets the published length. If the content's hash is pinned, a copy compressed anew may be up to twice as long.</summary>
    private static long ExpectedLength(RemoteFile file, long? announced) =>
        file.ContentSha256 is not null && announced is { } length && length <= 2 * file.Bytes ? length : file.Bytes;

    private static bool IsPassing(HttpStatusCode status) =>
        (int)status >= 500 || status is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests;

    private static long Length(string path) => File.Exists(path) ? new FileInfo(path).Length : 0;

    /// <param name="Failure">The reason why the file is not whole; null if it is.</param>
    /// <param name="Final">Asking this mirror again cannot help.</param>
    /// <param name="Resumed">Bytes of an earlier attempt are part of the file, so a wrong hash may be theirs.</param>
    private sealed record Answer(string? Failure, bool Final, bool Resumed = false);
}
