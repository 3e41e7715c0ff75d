using System.IO.Pipelines;
using System.Net;
using LeNetServe.InferenceServer.Api.Classify;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.DependencyInjection;

namespace LeNetServe.InferenceServer.Tests.Api.Classify;

public sealed class ImageUploadTests
{
    [Fact]
    public async Task ClassifyBatchAsync_LargeFileInAForm_StaysInMemory()
    {
        await using var server = await TestServer.StartAsync();
        using var form = new MultipartFormDataContent { { new ByteArrayContent(new byte[200_000]), "images", "large.png" } };
        var response = new Response();
        var context = new DefaultHttpContext { RequestServices = server.App.Services };
        context.Features.Set<IHttpResponseFeature>(response);
        context.Request.ContentType = form.Headers.ContentType!.ToString();
        // As from a socket, a stream that cannot be read twice.
        context.Request.Body = PipeReader.Create(await form.ReadAsStreamAsync(TestContext.Current.CancellationToken)).AsStream();
        context.Request.RouteValues["model"] = "tiny";

        await server.App.Services.GetRequiredService<ImageUpload>().ClassifyBatchAsync(context);

        Assert.Equal(StatusCodes.Status200OK, response.StatusCode);
        Assert.True(Assert.Single(response.DisposedWithIt.OfType<FileBufferingReadStream>()).InMemory);
    }

    [Theory]
    [InlineData("/v1/models/tiny:classify", "image/png", 2000, HttpStatusCode.RequestEntityTooLarge)]
    [InlineData("/v1/models/tiny:explain", "image/png", 2000, HttpStatusCode.RequestEntityTooLarge)]
    [InlineData("/v1/models/tiny:classifyBatch", "application/json", 10, HttpStatusCode.BadRequest)]
    [InlineData("/v1/models/tiny:classify?topK=x", "image/png", 10, HttpStatusCode.BadRequest)]
    public async Task Post_ARequestThatCannotBeRead_IsCountedWithoutAModel(string path, string type, int bytes, HttpStatusCode status)
    {
        await using var server = await TestServer.StartAsync("--Limits:MaxMessageBytes=1024");
        using var content = new ByteArrayContent(new byte[bytes]) { Headers = { ContentType = new(type) } };

        using var response = await server.Http.PostAsync(path, content, TestContext.Current.CancellationToken);

        Assert.Equal(status, response.StatusCode);
        var text = await server.Http.GetStringAsync("/metrics", TestContext.Current.CancellationToken);
        Assert.Contains(
            "lenetserve_request_duration_us_count{model=\"\",version=\"\",outcome=\"invalid\"} 1\n", text, StringComparison.Ordinal);
    }

    /// <summary>Shows what the request keeps until it is answered, such as a form's files.</summary>
    private sealed class Response : HttpResponseFeature
    {
        public List<object> DisposedWithIt { get; } = [];

        public override void OnCompleted(Func<object, Task> callback, object state) => DisposedWithIt.Add(state);
    }
}
