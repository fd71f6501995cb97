using System.Runtime.CompilerServices;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace MLNet.Host.Tests;

public class ContextTests
{
    [Fact]
    public void Messages_arrive_at_the_log_with_their_source_and_kind()
    {
        var ml = new MLContext();
        var log = new List<LoggingEventArgs>();
        ml.Log += (_, message) => log.Add(message);
        var host = ((IHostEnvironment)ml).Register("Trainer");
        using (var channel = host.Start("Training"))
        {
            channel.Warning(MessageSensitivity.None, "plain {0}");
            channel.Info(MessageSensitivity.None, "{0} of {1}", 1, 2);
            channel.Error(MessageSensitivity.None, "bad");
        }
        Assert.Equal("[Source=Trainer; Training, Kind=Trace] Channel started", log[0].Message);
        Assert.Equal("[Source=Trainer; Training, Kind=Warning] plain {0}", log[1].Message);
        Assert.Equal((ChannelMessageKind.Info, "Trainer; Training", "1 of 2"), (log[2].Kind, log[2].Source, log[2].RawMessage));
        Assert.Equal(ChannelMessageKind.Error, log[3].Kind);
        Assert.StartsWith("[Source=Trainer; Training, Kind=Trace] Channel finished. Elapsed 00:00:0", log[4].Message, StringComparison.Ordinal);
        Assert.Equal("Channel disposed", log[5].RawMessage);
        Assert.Equal(6, log.Count);
    }

    [Fact]
    public void A_source_is_named_from_its_grandparent_down()
    {
        var ml = new MLContext();
        var sources = new List<string>();
        ml.Log += (_, message) => sources.Add(message.Source);
        var a = ((IHostEnvironment)ml).Register("A");
        var b = a.Register("B");
        var c = b.Register("C");
        foreach (var provider in new IChannelProvider[] { ml, a, b, c })
            provider.Start("X");
        Assert.Equal(["X", "A; X", "B; X", "A; C; X"], sources);
    }

    [Fact]
    public void A_context_s_seed_fixes_the_random_numbers_of_its_hosts()
    {
        Assert.Equal(Draws(new MLContext(seed: 3)), Draws(new MLContext(seed: 3)));
        Assert.NotEqual(Draws(new MLContext(seed: 3)), Draws(new MLContext(seed: 4)));
        Assert.Equal(
            ((IHostEnvironment)new MLContext(seed: 1)).Register("A", seed: 7).Rand.Next(),
            ((IHostEnvironment)new MLContext(seed: 2)).Register("B", seed: 7).Rand.Next());

        static double[] Draws(IHostEnvironment environment) => [environment.Register("A").Rand.NextDouble(), environment.Register("A").Rand.Next(1000)];
    }

    /// <summary>Numbers drawn from Microsoft.ML 5.0.0.</summary>
    [Fact]
    public void Hosts_draw_the_numbers_that_they_draw_in_Microsoft_ML()
    {
        var random = ((IHostEnvironment)new MLContext(seed: 42)).Register("A").Rand;
        Assert.Equal(460262708, random.Next());
        Assert.Equal(84, random.Next(1000));
        Assert.Equal(-5, random.Next(-5, 5));
        Assert.Equal(0.34562334860675037, random.NextDouble());
        var bytes = new byte[4];
        random.NextBytes(bytes);
        Assert.Equal([128, 183, 41, 5], bytes);
        random.NextBytes(bytes.AsSpan());
        Assert.Equal([244, 143, 114, 232], bytes);
        Assert.Equal(363500970420776132, random.NextInt64());
    }

    /// <summary>A trap: Microsoft.ML's generators draw an unseeded NextSingle; the embedded host refuses it.</summary>
    [Fact]
    public void Hosts_have_no_seeded_NextSingle()
    {
        Assert.NotEqual([Draw(), Draw()], [Draw(), Draw()]);

        static float Draw() => ((IHostEnvironment)new MLContext(seed: 42)).Register("A").Rand.NextSingle();
    }

    /// <summary>The door that extensions of Microsoft.ML use: none of it is public.</summary>
    [Fact]
    public void A_catalog_s_environment_is_reached_by_its_accessors()
    {
        var ml = new MLContext(seed: 1);
        Assert.Same(ml.MulticlassClassification, Owner(ml.MulticlassClassification.Trainers));
        Assert.Same(ml.BinaryClassification, Owner(ml.BinaryClassification.Trainers));
        Assert.Same(Environment(ml.BinaryClassification), Environment(ml.MulticlassClassification));
        Assert.Same(ml.ComponentCatalog, Environment(ml.BinaryClassification).ComponentCatalog);
    }

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_Environment")]
    private static extern IHostEnvironment Environment(TrainCatalogBase catalog);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_Owner")]
    private static extern TrainCatalogBase Owner(TrainCatalogBase.CatalogInstantiatorBase trainers);

    [Fact]
    public void The_context_s_settings_have_ML_NET_s_defaults()
    {
        var ml = new MLContext();
        Assert.Null(ml.GpuDeviceId);
        Assert.False(ml.FallbackToCpu);
        Assert.Equal(Path.GetTempPath(), ml.TempFilePath);
        Assert.NotNull(ml.ComponentCatalog);
    }
}
